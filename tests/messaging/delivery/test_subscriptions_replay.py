"""What a subscriber missed comes first: which changes, how many, and to whoever reads slowly."""

import asyncio
from datetime import UTC, datetime

import pytest

from messaging.delivery.subscriptions import REPLAY_CHUNK_CHANGES
from messaging.models import Message
from messaging.server import ChatServer
from messaging.wire.protocol import REPLAY_MAX_CHANGES, CloseCode
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.people import connect, in_thread, soon, store_elsewhere


async def test_what_was_missed_comes_before_what_is_new(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, "one", "two", "three")
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk, since=1)
    assert [frame["type"] for frame in bob.sink.frames] == ["subscribed", "chat", "chat"]
    assert bob.sink.frames[0]["recovered"]
    await bob.say(room.pk, "four")
    await bob.hears("two", "three", "four")


async def test_an_edit_that_was_missed_is_a_change(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, "one", "two")

    def edit() -> None:
        Message.objects.filter(room=room, seq=1).update(contents="ONE", version=3, edited_at=datetime.now(UTC))
        Room.objects.filter(pk=room.pk).update(version=3)

    await in_thread(edit)
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk, since=1)
    assert [(frame["type"], frame["seq"]) for frame in bob.sink.frames[1:]] == [("chat", 2), ("changed", 1)]
    assert bob.versions() == [2, 3]


@pytest.mark.parametrize("since", [5, 2**63 - 1])
async def test_a_version_nobody_gave_is_not_recovered(server: ChatServer, room: Room, since: int) -> None:
    await store_elsewhere(room, "one")
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk, since=since)
    assert [frame.get("recovered") for frame in bob.sink.frames] == [False]
    await bob.say(room.pk, "two")
    await bob.hears("two")


async def test_too_much_is_not_replayed(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, *map(str, range(REPLAY_MAX_CHANGES + 1)))
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk, since=0)
    await bob.subscribe(room.pk, since=1)
    recovered = [frame["recovered"] for frame in bob.sink.of_type("subscribed")]
    assert recovered == [False, True]
    assert bob.versions() == list(range(2, REPLAY_MAX_CHANGES + 2))


# --- replay to whoever reads slowly


async def test_a_replay_waits_for_its_reader_in_chunks(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, *map(str, range(3 * REPLAY_CHUNK_CHANGES)))
    bob = await connect(server, BOB)
    bob.sink.reads = False
    subscribing = asyncio.create_task(bob.subscribe(room.pk, since=0))
    await bob.sink.until(lambda: len(bob.heard()) == REPLAY_CHUNK_CHANGES)
    alice = await connect(server, ALICE)
    await alice.say(room.pk, "live")
    assert len(bob.heard()) == REPLAY_CHUNK_CHANGES
    bob.sink.reads = True
    bob.sink.read_all()
    await soon(subscribing)
    await bob.hears(*map(str, range(3 * REPLAY_CHUNK_CHANGES)), "live")


async def test_who_does_not_read_the_replay_is_closed(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.subscriptions.REPLAY_DRAIN_TIMEOUT_S", 0.05)
    await store_elsewhere(room, "one")
    bob = await connect(server, BOB)
    bob.sink.reads = False
    await bob.subscribe(room.pk, since=0)
    assert bob.sink.closed == (CloseCode.SLOW_READER, "too slow")
