"""How far one has read on another device: told to one's own inboxes, with what is unread. Real ChatServers."""

from typing import Any

import pytest

from chatproject.errors import StoreUnavailable
from messaging.server import ChatServer
from messaging.wire.client_frames import Chat, Read
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.delivery.test_inboxes import with_inbox
from tests.messaging.people import Person, connect, soon


def marks(person: Person) -> list[tuple[int, int, int | None]]:
    """(last, read, mentions behind that) of each frame that tells of a mark."""
    frames = [frame for frame in person.sink.of_type("inbox") if "readSeq" in frame]
    return [(frame["lastSeq"], frame["readSeq"], frame.get("mentionCount")) for frame in frames]


async def mention_alice(bob: Person, room: Room) -> None:
    await soon(bob.server.post(bob.session, Chat(room_id=room.pk, message="@Alice", mentions=(ALICE,))))


async def knows_of(person: Person, last_seq: int) -> None:
    await person.sink.until(lambda: any(frame["lastSeq"] == last_seq for frame in person.sink.of_type("inbox")))


async def read(person: Person, room: Room, seq: int) -> None:
    await soon(person.server.reads.mark(person.session, Read(room_id=room.pk, seq=seq)))


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def room(room: Room, size: str, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Garden; where it is large no marks are told to its listeners."""
    if size == "large":
        monkeypatch.setattr("messaging.store.read_marks.READ_FRAMES_MAX_MEMBERS", 1)
    return room


async def test_what_one_has_read_elsewhere_is_read_here_and_nobody_else_is_told(
    here: ChatServer, there: ChatServer, room: Room, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.pacing.TOLD_AGAIN_AFTER_S", 0.05)
    monkeypatch.setattr("messaging.delivery.room_inbox.TOLD_AGAIN_AFTER_S", 0.05)
    phone, laptop, bob = await with_inbox(here, ALICE), await with_inbox(there, ALICE), await with_inbox(here, BOB)
    speaker = await connect(there, BOB)
    await speaker.subscribe(room.pk)
    for _ in range(3):
        await mention_alice(speaker, room)
    for person in (phone, laptop):
        await knows_of(person, 3)
    await read(phone, room, 1)
    for alice in (phone, laptop):  # the one that said so has to know what is left
        await alice.sink.until(lambda alice=alice: marks(alice) == [(3, 1, 2)])  # type: ignore[misc]
    await read(laptop, room, 3)
    await phone.sink.until(lambda: marks(phone)[1:] == [(3, 3, None)])
    await read(laptop, room, 2)  # never backwards
    assert marks(laptop)[1:] == []  # it knows
    assert marks(bob) == []
    assert bool(speaker.sink.of_type("read")) is (size == "small")


async def test_what_cannot_be_counted_now_is_told_by_the_sweep(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.room_inbox.TOLD_AGAIN_AFTER_S", 0.05)
    alice, bob = await with_inbox(server, ALICE), await connect(server, BOB)
    await mention_alice(bob, room)
    await mention_alice(bob, room)
    await knows_of(alice, 2)
    with monkeypatch.context() as broken:
        broken.setattr(server.database, "run", _away)
        server.reads.tell_listeners(room.pk, {ALICE: 1})
        server.inboxes.tell_whole(alice.session, room.pk)
        reading = server.inboxes._teller._reading
        assert reading is not None
        await soon(reading)
    assert marks(alice) == []
    server._repair.sweep_soon()
    await alice.sink.until(lambda: marks(alice) == [(2, 0, 2)])
    assert [message["seq"] for message in alice.sink.of_type("inbox")[-1]["messages"]] == [2]


async def _away(*_args: Any, **_kwargs: Any) -> Any:
    raise StoreUnavailable
