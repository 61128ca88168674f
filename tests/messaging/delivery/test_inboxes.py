"""A member hears of all their rooms by one frame: from then on, and no longer than they may. Real ChatServers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotInRoom, StoreUnavailable, TooManyRequests
from messaging.delivery.inboxes import OPENINGS_AT_ONCE
from messaging.server import ChatServer
from messaging.wire.client_frames import Inbox
from rooms.deleted_rooms import Deleted
from rooms.deleting import delete_room
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.delivery.test_repair_gone import delete_place
from tests.messaging.delivery.test_repair_roster import join, leave
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import (
    NO_LIMITS,
    Person,
    StartServer,
    TardyDatabase,
    connect,
    eventually,
    in_thread,
    soon,
    store_elsewhere,
)

MANY = 200  # beyond what a socket may subscribe to


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.delivery.room_inbox.TOLD_AGAIN_AFTER_S", 0.05)


async def turn(person: Person, *, on: bool) -> None:
    await soon(person.server.inboxes.turn(person.session, Inbox(on=on)))


async def with_inbox(server: ChatServer, member_id: int) -> Person:
    person = await connect(server, member_id)
    await turn(person, on=True)
    return person


def told(person: Person, room: Room) -> list[str]:
    """What was said in the room, as the inbox told it."""
    frames = [frame for frame in person.sink.of_type("inbox") if frame["roomId"] == room.pk]
    return [message["message"] for frame in frames for message in frame.get("messages", ())]


async def is_told(person: Person, room: Room, *texts: str) -> None:
    await person.sink.until(lambda: len(told(person, room)) >= len(texts))
    assert told(person, room) == list(texts)


def make_many_rooms(*member_ids: int) -> list[Room]:
    Room.objects.bulk_create(Room(name=f"room {n}", is_group_chat=True, roster_version=1) for n in range(MANY))
    rooms = list(Room.objects.filter(name__startswith="room ").order_by("room_id"))
    Participant.objects.bulk_create(Participant(room=room, member_id=one) for room in rooms for one in member_ids)
    return rooms


# --- opening and ending


async def test_what_is_said_in_any_of_200_rooms_on_any_server_is_told_without_subscribing(
    here: ChatServer, there: ChatServer, room: Room
) -> None:
    rooms = await in_thread(make_many_rooms, ALICE, BOB)
    alice, bob, charlie = await with_inbox(here, ALICE), await connect(there, BOB), await with_inbox(here, CHARLIE)
    assert alice.session.inbox is not None
    assert len(alice.session.inbox) == MANY + 1
    await eventually(lambda: there.relay._links[0]._correspondence._company.has_met(here.relay._links[0].process))
    for each in (rooms[0], rooms[-1], room):
        await bob.say(each.pk, f"hello {each.pk}")
        await is_told(alice, each, f"hello {each.pk}")
    assert charlie.sink.frames == []
    assert alice.session.rooms == {}


async def test_a_thousand_rooms_would_be_two_queries(server: ChatServer, room: Room) -> None:
    await in_thread(make_many_rooms, ALICE)
    alice = await connect(server, ALICE)
    run, calls = server.database.run, []

    async def counted(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        def read() -> Any:
            with CaptureQueriesContext(connection) as queries:
                answer = function(*args, **kwargs)
            calls.append(len(queries))
            return answer

        return await run(read)

    server.database.run = counted  # type: ignore[method-assign]
    await turn(alice, on=True)
    await turn(alice, on=True)  # it is on
    assert calls == [1, 1]


async def test_what_is_ended_tells_nothing_more_and_may_begin_again(server: ChatServer, room: Room) -> None:
    alice, bob = await with_inbox(server, ALICE), await connect(server, BOB)
    link = server.relay._links[0]
    assert link._correspondence.listens_to(room.pk)
    await turn(alice, on=False)
    assert (server.hub.rooms, alice.session.inbox) == ({}, None)
    assert not link._correspondence.listens_to(room.pk)
    await bob.say(room.pk, "unheard")
    await turn(alice, on=True)
    await bob.say(room.pk, "heard")
    await is_told(alice, room, "heard")
    server.disconnect(alice.session)
    assert server.hub.rooms == {}


async def test_who_opens_it_again_and_again_has_to_wait(
    start_server: StartServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.inboxes.OPENINGS_PER_SECOND", 0.001)  # however slow this machine is
    server = await start_server()
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    for _time in range(OPENINGS_AT_ONCE):
        await turn(alice, on=True)
        await turn(alice, on=False)
    with pytest.raises(TooManyRequests) as refused:
        await turn(alice, on=True)
    assert refused.value.retry_after
    assert alice.session.inbox is None
    await turn(bob, on=True)


async def test_who_hangs_up_while_it_is_opened_leaves_nothing_behind(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(NO_LIMITS, database=database)
    alice = await connect(server, ALICE)
    async with database.answering_late(server.inboxes.turn(alice.session, Inbox(on=True))) as opening:
        server.disconnect(alice.session)
    await soon(opening)
    assert (server.hub.rooms, alice.session.inbox) == ({}, None)


async def test_while_the_database_is_away_there_is_none_and_the_client_is_told(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await connect(server, ALICE)

    async def away(*_args: Any, **_kwargs: Any) -> Any:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(server.database, "run", away)
        with pytest.raises(StoreUnavailable):
            await turn(alice, on=True)
    assert (server.hub.rooms, alice.session.inbox) == ({}, None)
    await turn(alice, on=True)
    assert alice.session.inbox is not None


# --- beside subscriptions


async def test_who_listens_to_a_room_hears_it_there_and_by_the_inbox_again_after_that(
    server: ChatServer, room: Room
) -> None:
    alice, bob = await with_inbox(server, ALICE), await connect(server, BOB)
    await alice.subscribe(room.pk)
    await bob.say(room.pk, "aloud")
    await alice.hears("aloud")
    server.subscriptions.end(alice.session, room.pk)
    await bob.say(room.pk, "by the way")
    await alice.sink.until(lambda: "by the way" in told(alice, room))
    assert alice.heard() == ["aloud"]


async def test_who_gives_up_a_subscription_before_its_answer_misses_nothing(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(NO_LIMITS, database=database)
    alice, bob = await with_inbox(server, ALICE), await connect(server, BOB)
    async with database.answering_late(alice.subscribe(room.pk)) as subscribing:
        await bob.say(room.pk, "meanwhile")
        await eventually(lambda: server.hub.rooms[room.pk].stream.version == 1)  # it waits for her
        server.subscriptions.end(alice.session, room.pk)
    with pytest.raises(NotInRoom):  # as far as that is asked for
        await soon(subscribing)
    await alice.sink.until(lambda: told(alice, room))
    assert told(alice, room) == ["meanwhile"]


# --- coming and going


async def test_a_room_that_one_comes_into_is_in_the_inbox_with_what_was_said_there_last(
    here: ChatServer, there: ChatServer, room: Room
) -> None:
    charlie, alice = await with_inbox(here, CHARLIE), await connect(there, ALICE)
    await alice.say(room.pk, "before")
    there.tell_joined(await join(room, CHARLIE))
    assert (await charlie.gets("joined"))["memberId"] == CHARLIE
    await is_told(charlie, room, "before")
    news = charlie.sink.of_type("inbox")[0]
    assert (news["lastSeq"], news["readSeq"], "mentionCount" in news) == (1, 1, False)
    await alice.say(room.pk, "welcome")
    await is_told(charlie, room, "before", "welcome")


async def test_who_came_while_the_inbox_was_opened_is_in_it(start_server: StartServer, room: Room) -> None:
    database = TardyDatabase()
    server = await start_server(NO_LIMITS, database=database)
    charlie, alice = await connect(server, CHARLIE), await connect(server, ALICE)
    async with database.answering_late(server.inboxes.turn(charlie.session, Inbox(on=True))) as opening:
        server.tell_joined(await join(room, CHARLIE))  # the rooms were read already
    await soon(opening)
    await eventually(lambda: charlie.session.hears_by_inbox(room.pk))
    await alice.say(room.pk, "welcome")
    await charlie.sink.until(lambda: "welcome" in told(charlie, room))


async def test_who_is_put_out_while_it_is_read_that_they_are_in_hears_nothing(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(NO_LIMITS, database=database)
    alice, bob = await with_inbox(server, ALICE), await connect(server, BOB)
    bob.session.inbox = {}
    async with database.answering_late(server.inboxes._take_in(bob.session, [room.pk])) as taking:
        server.tell_left(await leave(room, BOB))
    await soon(taking)
    assert (await bob.gets("removed"))["roomId"] == room.pk
    speaker = await connect(server, ALICE)
    await speaker.say(room.pk, "he is gone")
    await is_told(alice, room, "he is gone")
    assert (told(bob, room), bob.session.inbox) == ([], {})


async def test_who_comes_in_while_it_is_read_that_they_are_not_in_hears_of_the_room(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(NO_LIMITS, database=database)
    charlie, alice = await connect(server, CHARLIE), await connect(server, ALICE)
    charlie.session.inbox = {}
    async with database.answering_late(server.inboxes._take_in(charlie.session, [room.pk])) as taking:
        server.tell_joined(await join(room, CHARLIE))
    await soon(taking)
    assert charlie.session.hears_by_inbox(room.pk)
    await alice.say(room.pk, "welcome")
    await is_told(charlie, room, "welcome")


async def test_who_leaves_or_is_removed_is_told_so_and_nothing_after_that(
    here: ChatServer, there: ChatServer, room: Room, lossy: LossyLayer
) -> None:
    alice, bob, bob_there = (
        await with_inbox(here, ALICE),
        await with_inbox(here, BOB),
        await with_inbox(there, BOB),
    )
    lossy.lose(of_kind("roster"))  # the other server finds out by the message behind it
    here.tell_left(await leave(room, BOB))
    speaker = await connect(here, ALICE)
    await speaker.say(room.pk, "he is gone")
    await is_told(alice, room, "he is gone")
    assert (await bob.gets("removed"))["reason"] == "left"
    assert (await bob_there.gets("removed"))["reason"] == "removed"
    assert told(bob, room) == told(bob_there, room) == []
    assert bob.session.inbox == bob_there.session.inbox == {}


async def test_a_room_that_is_deleted_is_out_of_every_inbox(
    here: ChatServer, there: ChatServer, room: Room
) -> None:
    alice, bob = await with_inbox(here, ALICE), await with_inbox(there, BOB)
    await alice.subscribe(room.pk)  # and is told once all the same
    await in_thread(delete_room, room_id=room.pk)
    here.tell_deleted(room.pk, Deleted("Garden", "it is over"))
    for person in (alice, bob):
        assert (await person.gets("removed"))["reason"] == "deleted"
        assert person.session.inbox == {}
    assert len(alice.sink.of_type("removed")) == 1
    assert here.hub.rooms == {}


# --- what nobody told


@pytest.mark.usefixtures("quick_sweep")
async def test_what_nobody_told_is_found_by_the_sweep(here: ChatServer, room: Room) -> None:
    alice_here, charlie_here = await with_inbox(here, ALICE), await with_inbox(here, CHARLIE)
    await store_elsewhere(room, "nobody rang")
    await is_told(alice_here, room, "nobody rang")
    await join(room, CHARLIE)
    await eventually(lambda: charlie_here.session.hears_by_inbox(room.pk))
    await leave(room, ALICE)
    await alice_here.gets("removed")
    assert alice_here.session.inbox == {}


@pytest.mark.usefixtures("quick_sweep")
async def test_whose_place_alone_the_main_server_deleted_hears_nothing_more_after_a_sweep(
    here: ChatServer, room: Room
) -> None:
    alice, bob = await with_inbox(here, ALICE), await with_inbox(here, BOB)
    await in_thread(delete_place, BOB)
    assert (await bob.gets("removed"))["reason"] == "removed"
    speaker = await connect(here, ALICE)
    await speaker.say(room.pk, "he is gone")
    await is_told(alice, room, "he is gone")
    assert told(bob, room) == []


async def test_after_an_outage_all_places_are_looked_for_at_once(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.inboxes.PLACES_PER_SWEEP", 1)
    await with_inbox(server, ALICE)
    charlie = await with_inbox(server, CHARLIE)
    await join(room, CHARLIE)
    server._repair.sweep_soon()
    await eventually(lambda: charlie.session.hears_by_inbox(room.pk))
