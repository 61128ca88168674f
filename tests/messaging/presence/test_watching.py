"""People who watch each other, at real servers: Alice and Bob share a room, Charlie shares none with them."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from chatproject.errors import StoreUnavailable, TooManyRequests
from messaging.delivery.notices import Notice
from messaging.presence import here, watching
from messaging.presence.knowing import who_is_told
from messaging.presence.presence import Seen
from messaging.server import ChatServer
from messaging.wire.client_frames import Watch
from rooms.models import Member, MemberPreferences, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import Person, StartServer, connect, eventually, in_thread
from tests.times import POLL_S

pytestmark = pytest.mark.usefixtures("room")

ONLINE, AWAY = {"online": True, "lastSeenAt": None}, {"online": False, "lastSeenAt": None}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.presence.presence.BEAT_S", POLL_S)
    monkeypatch.setattr(watching, "TELL_INTERVAL_S", POLL_S)
    monkeypatch.setattr(here, "GRACE_S", 0.0)


async def watch(person: Person, *member_ids: int) -> list[dict[str, Any]]:
    """What the person is answered about these members."""
    answered = len(person.sink.of_type("ok"))
    ask(person, *member_ids)
    await person.sink.until(lambda: len(person.sink.of_type("ok")) > answered)
    ok, presence = person.sink.frames[-2:]
    assert ok == {"type": "ok", "id": "w1"}
    return list(presence["members"])


def ask(person: Person, *member_ids: int, frame_id: str = "w1") -> list[Exception]:
    """Returns what it will be refused with."""
    refused: list[Exception] = []
    frame = Watch(id=frame_id, member_ids=member_ids)
    person.server.watching.watch(person.session, frame, refuse=refused.append)
    return refused


async def hears(person: Person, member_id: int, *, online: bool, after: int = 1) -> dict[str, Any]:
    """Wait for what the person is told of the member, after so many presence frames."""

    def told() -> list[dict[str, Any]]:
        members = [one for frame in person.sink.of_type("presence")[after:] for one in frame["members"]]
        return [one for one in members if (one["memberId"], one["online"]) == (member_id, online)]

    return (await person.sink.until(told))[-1]


def leave(server: ChatServer, person: Person) -> None:
    person.session.close(1000)
    server.disconnect(person.session)


async def test_who_watches_is_told_how_it_is_and_then_what_changes(server: ChatServer) -> None:
    alice = await connect(server, ALICE)
    assert await watch(alice, BOB) == [{"memberId": BOB, **AWAY}]

    bob = await connect(server, BOB)
    assert await hears(alice, BOB, online=True) == {"memberId": BOB, **ONLINE}
    leave(server, bob)
    told = await hears(alice, BOB, online=False, after=2)
    assert told["lastSeenAt"].endswith(":00.000000Z")  # to the minute


async def test_nothing_is_told_of_who_shares_no_room(server: ChatServer) -> None:
    alice = await connect(server, ALICE)
    assert await watch(alice, CHARLIE, 999) == []
    assert await watch(alice, BOB, CHARLIE) == [{"memberId": BOB, **AWAY}]

    await connect(server, CHARLIE)
    await connect(server, BOB)
    await hears(alice, BOB, online=True, after=2)
    assert {one["memberId"] for frame in alice.sink.of_type("presence") for one in frame["members"]} == {BOB}


async def test_who_left_the_shared_room_hears_nothing_more(server: ChatServer, room: Room) -> None:
    alice, charlie = await connect(server, ALICE), await connect(server, CHARLIE)
    await in_thread(Participant.objects.create, room=room, member_id=CHARLIE)
    await watch(alice, BOB, CHARLIE)
    await watch(charlie, BOB)
    await in_thread(Participant.objects.filter(member_id=ALICE).delete)

    await connect(server, BOB)
    await hears(charlie, BOB, online=True)
    assert len(alice.sink.of_type("presence")) == 1


async def test_who_hides_goes_and_comes_back_for_those_who_watch(server: ChatServer, bob: Member) -> None:
    alice = await connect(server, ALICE)
    await connect(server, BOB)
    assert await watch(alice, BOB) == [{"memberId": BOB, **ONLINE}]

    hiding = await in_thread(MemberPreferences.objects.create, member=bob, hides_presence=True)
    server.tell_presence([BOB])
    assert await hears(alice, BOB, online=False) == {"memberId": BOB, **AWAY}
    assert await watch(alice, BOB) == [{"memberId": BOB, **AWAY}]

    await in_thread(hiding.delete)
    server.tell_presence([BOB])
    await hears(alice, BOB, online=True, after=3)


async def test_another_watch_replaces_the_one_before_and_the_end_ends_it(server: ChatServer) -> None:
    alice = await connect(server, ALICE)
    await watch(alice, BOB)
    await watch(alice, ALICE)
    assert server.watching.standing()["members_watched"] == 1
    leave(server, alice)
    assert server.watching.standing()["members_watched"] == 0


async def test_changes_at_one_time_are_one_frame(server: ChatServer, room: Room) -> None:
    await in_thread(Participant.objects.create, room=room, member_id=CHARLIE)
    alice = await connect(server, ALICE)
    await watch(alice, BOB, CHARLIE)
    server.presence.here.come(BOB)
    server.presence.here.come(CHARLIE)
    server.tell_presence([BOB, CHARLIE])

    await alice.sink.until(lambda: len(alice.sink.of_type("presence")) > 1)
    assert [one["memberId"] for one in alice.sink.of_type("presence")[1]["members"]] == [BOB, CHARLIE]


async def test_what_notices_lost_is_found_by_the_sweep(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "SWEEP_INTERVAL_S", POLL_S)
    server = await start_server()
    monkeypatch.setattr(server.presence, "_told", lambda _member_ids: None)
    alice = await connect(server, ALICE)
    await watch(alice, BOB)
    await connect(server, BOB)
    await hears(alice, BOB, online=True)


async def test_a_member_of_many_rooms_who_comes_online_is_one_notice(
    server: ChatServer, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Notice] = []
    monkeypatch.setattr(server.relay, "publish", published.append)

    def be_in_a_thousand_rooms() -> None:
        rooms = Room.objects.bulk_create(Room(name=f"Room {number}") for number in range(1_000))
        Participant.objects.bulk_create(
            Participant(room_id=one, member=bob)
            for one in Room.objects.filter(name__in=[room.name for room in rooms]).values_list("pk", flat=True)
        )

    await in_thread(be_in_a_thousand_rooms)
    alice = await connect(server, ALICE)
    await eventually(lambda: published)
    published.clear()
    await watch(alice, BOB)
    await connect(server, BOB)
    await connect(server, BOB)
    await hears(alice, BOB, online=True)
    assert [(notice.kind, notice.member_ids) for notice in published] == [("presence", (BOB,))]


async def test_watching_again_and_again_is_refused(server: ChatServer) -> None:
    alice = await connect(server, ALICE)
    for _time in range(watching.WATCHES_BURST):
        await watch(alice, BOB)
    with pytest.raises(TooManyRequests):
        ask(alice, BOB)


async def test_a_socket_that_ended_meanwhile_watches_nobody(server: ChatServer, room: Room) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    ask(alice, BOB)
    await asyncio.sleep(0)  # it is looked up
    ask(alice, BOB)
    leave(server, alice)
    assert await watch(bob, ALICE)
    assert server.watching.standing()["members_watched"] == 1


async def test_a_socket_that_is_just_being_closed_spoils_nobody_elses_watch(server: ChatServer) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await watch(alice, BOB)
    ask(alice, ALICE)  # somebody else than before
    refused = ask(bob, ALICE)
    alice.session.close(1000)  # the hub still has it
    await eventually(lambda: refused or bob.sink.of_type("presence"))
    assert not refused


async def test_of_several_at_once_each_is_answered_and_the_last_one_counts(server: ChatServer) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    for number, member_id in enumerate((ALICE, BOB, ALICE, BOB)):
        ask(alice, member_id, frame_id=str(number))
    ask(bob, ALICE)
    await bob.sink.until(lambda: bob.sink.of_type("presence"))
    assert sorted(frame["id"] for frame in alice.sink.of_type("ok")) == ["0", "1", "2", "3"]
    assert [one["memberId"] for one in alice.sink.of_type("presence")[-1]["members"]] == [BOB]
    assert alice.session.watched == {BOB}


async def test_without_the_store_it_is_refused_and_may_be_asked_again(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await connect(server, ALICE)
    run = server.database.run

    async def is_away(*_arguments: Any, **_options: Any) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(server.database, "run", is_away)
    refused = ask(alice, BOB)
    await eventually(lambda: refused)
    assert isinstance(refused[0], StoreUnavailable)
    monkeypatch.setattr(server.database, "run", run)
    assert await watch(alice, BOB) == [{"memberId": BOB, **AWAY}]


async def test_what_the_store_kept_from_being_told_is_told_later(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await connect(server, ALICE)
    assert await watch(alice, BOB) == [{"memberId": BOB, **AWAY}]
    run, failed = server.database.run, asyncio.Event()

    async def fails_once(function: Any, *arguments: Any, **options: Any) -> Any:
        if function is who_is_told and not failed.is_set():
            failed.set()
            raise StoreUnavailable
        return await run(function, *arguments, **options)

    monkeypatch.setattr(server.database, "run", fails_once)
    await connect(server, BOB)
    await hears(alice, BOB, online=True)
    assert failed.is_set()


async def test_nobody_is_said_to_be_away_before_redis_was_told_by_everybody(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(Participant.objects.create, room=room, member_id=CHARLIE)
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    assert await watch(alice, BOB, CHARLIE) == [{"memberId": BOB, **ONLINE}, {"memberId": CHARLIE, **AWAY}]
    settled, sure = server.presence.settled, False

    async def unsettled(member_ids: Collection[int]) -> tuple[dict[int, Seen], bool]:
        return (await settled(member_ids))[0], sure

    monkeypatch.setattr(server.presence, "settled", unsettled)
    leave(server, bob)
    await eventually(lambda: BOB not in server.presence.here)
    await connect(server, CHARLIE)
    await hears(alice, CHARLIE, online=True)
    told = [one["memberId"] for frame in alice.sink.of_type("presence")[1:] for one in frame["members"]]
    assert told == [CHARLIE]
    sure = True
    await hears(alice, BOB, online=False)
