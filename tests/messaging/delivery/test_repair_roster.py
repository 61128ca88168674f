"""Who left hears nothing more, at no server, whatever is lost between them."""

import pytest
from django.utils import timezone

from messaging.delivery.notices import Notice
from messaging.server import ChatServer
from messaging.store.selectors import ping
from rooms.deleting import delete_room
from rooms.models import Room
from rooms.moderation.founding import close_room
from rooms.moderation.ranks import staff
from rooms.services import (
    RosterChange,
    add_participant,
    join_group_room,
    leave_group_room,
    remove_participant,
)
from tests.factories import ALICE, BOB, CHARLIE, caller
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import (
    TIMEOUT_S,
    Person,
    StartServer,
    TardyDatabase,
    connect,
    eventually,
    in_thread,
    soon,
)

FUTURE_ROOM = 4_711


def tells_of(notice: Notice) -> int | None:
    """The first version in it; None of what is no change, such as who came online."""
    return notice.changes[0].version if notice.changes else None


async def leave(room: Room, member_id: int) -> RosterChange:
    return await in_thread(leave_group_room, caller=caller(member_id), room_id=room.pk)


async def join(room: Room, member_id: int) -> RosterChange:
    change = await in_thread(join_group_room, caller=caller(member_id), room_id=room.pk, now=timezone.now())
    assert isinstance(change, RosterChange)
    return change


async def test_who_leaves_is_out_at_every_server(
    here: ChatServer, there: ChatServer, alice_here: Person, bob_there: Person, room: Room
) -> None:
    bob_here = await connect(here, BOB)
    await bob_here.subscribe(room.pk)
    here.tell_left(await leave(room, BOB))
    for bob in (bob_here, bob_there):
        assert await bob.gets("removed") == {"type": "removed", "roomId": room.pk, "reason": "left"}
        assert bob.session.rooms == {}
    left = await alice_here.gets("left")
    assert left == {"type": "left", "roomId": room.pk, "memberId": BOB, "nickName": "Bob"}
    await alice_here.say(room.pk, "he is gone")
    await alice_here.hears("he is gone")
    assert bob_here.heard() == bob_there.heard() == []


async def test_who_left_hears_nothing_even_if_the_notice_is_lost(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(of_kind("roster"))
    alice_here.server.tell_left(await leave(room, BOB))
    await alice_here.say(room.pk, "he is gone")
    removed = await bob_there.gets("removed")
    assert removed["reason"] == "removed"
    assert bob_there.heard() == []
    assert len(lossy.lost) == 1


async def test_who_left_hears_nothing_even_if_the_first_message_is_lost_too(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda notice: notice.kind == "roster" or tells_of(notice) == 1)
    alice_here.server.tell_left(await leave(room, BOB))
    await alice_here.say(room.pk, "he is gone")
    await alice_here.say(room.pk, "really")
    await bob_there.gets("removed")
    assert bob_there.heard() == []
    assert len(lossy.lost) == 2


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice may take its time."""
    monkeypatch.setattr("messaging.delivery.repair.GAP_GRACE_S", TIMEOUT_S)


async def until_it_was_seen(server: ChatServer) -> None:
    """Wait until the server looks after a room, and could have asked the database about it."""
    await eventually(lambda: server.metrics.gaps._value.get())
    for _ in range(5):
        await server.run(ping)


@pytest.mark.usefixtures("quick_sweep", "patient")
async def test_who_left_is_told_so_though_the_sweep_sees_it_before_the_notice(
    alice_here: Person, bob_there: Person, room: Room
) -> None:
    change = await leave(room, BOB)
    await until_it_was_seen(bob_there.server)
    alice_here.server.tell_left(change)
    assert (await bob_there.gets("removed"))["reason"] == "left"


@pytest.mark.usefixtures("patient")
async def test_who_left_is_told_so_though_a_message_overtakes_the_notice(
    alice_here: Person, bob_there: Person, room: Room
) -> None:
    change = await leave(room, BOB)
    await alice_here.say(room.pk, "he is gone")
    await until_it_was_seen(bob_there.server)
    alice_here.server.tell_left(change)
    assert (await bob_there.gets("removed"))["reason"] == "left"
    await alice_here.hears("he is gone")
    assert bob_there.heard() == []


@pytest.mark.usefixtures("quick_sweep")
async def test_who_left_is_told_by_the_sweep_when_nobody_speaks(bob_there: Person, room: Room) -> None:
    await in_thread(remove_participant, room_id=room.pk, member_id=BOB)
    assert (await bob_there.gets("removed"))["reason"] == "removed"


@pytest.mark.usefixtures("quick_sweep")
async def test_what_was_said_before_leaving_may_be_heard_and_nothing_after(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda _notice: True)
    await alice_here.say(room.pk, "he is here")
    alice_here.server.tell_left(await leave(room, BOB))
    await alice_here.say(room.pk, "he is gone")
    await bob_there.gets("removed")
    assert bob_there.heard() in ([], ["he is here"])


async def test_the_others_hear_on_when_a_roster_notice_is_lost(
    there: ChatServer, alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(of_kind("roster"))
    alice_here.server.tell_joined(await join(room, CHARLIE))
    await alice_here.say(room.pk, "welcome")
    await bob_there.hears("welcome")
    alice_here.server.tell_left(await leave(room, CHARLIE))
    await alice_here.say(room.pk, "goodbye")
    await bob_there.hears("welcome", "goodbye")


async def test_who_left_is_out_though_a_notice_before_is_missing(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda notice: notice.left_member_id == BOB)
    alice_here.server.tell_left(await leave(room, BOB))
    await eventually(lambda: lossy.lost)
    alice_here.server.tell_joined(await join(room, CHARLIE))  # two ahead of what Bob's server knows
    assert (await bob_there.gets("removed"))["reason"] == "removed"


async def test_who_left_and_came_back_may_listen_again_whatever_order_that_is_told_in(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.keep(of_kind("roster"))
    alice_here.server.tell_left(await leave(room, BOB))
    alice_here.server.tell_joined(await join(room, BOB))
    await eventually(lambda: len(lossy.kept) == 2)
    await lossy.let_go(reverse=True)  # he is let go, or found to be back by the time that the server looks
    await bob_there.subscribe(room.pk)
    await alice_here.say(room.pk, "he is back")
    await bob_there.hears("he is back")


async def test_who_came_back_to_an_empty_room_is_not_thrown_out_by_a_notice_that_comes_late(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.keep(of_kind("roster"))
    bob_there.server.disconnect(bob_there.session)
    alice_here.server.tell_left(await leave(room, BOB))
    alice_here.server.tell_joined(await join(room, BOB))
    again = await connect(bob_there.server, BOB)
    await again.subscribe(room.pk)
    await lossy.let_go()
    await alice_here.say(room.pk, "he is back")
    await again.hears("he is back")
    assert again.sink.of_type("removed") == []


async def test_who_came_back_to_others_is_not_thrown_out_by_a_notice_that_comes_late(
    there: ChatServer, alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    alice_there = await connect(there, ALICE)
    await alice_there.subscribe(room.pk)
    there.disconnect(bob_there.session)
    lossy.keep(of_kind("roster"))
    alice_here.server.tell_left(await leave(room, BOB))
    alice_here.server.tell_joined(await join(room, BOB))
    await eventually(lambda: len(lossy.kept) == 2)
    again = await connect(there, BOB)
    await again.subscribe(room.pk)
    await lossy.let_go()
    await alice_here.say(room.pk, "he is back")
    await again.hears("he is back")
    assert again.sink.of_type("removed") == []


# --- a room that is gone


@pytest.mark.usefixtures("quick_sweep")
async def test_listeners_of_a_deleted_room_are_told(
    here: ChatServer, alice_here: Person, bob_there: Person, room: Room
) -> None:
    await in_thread(delete_room, room_id=room.pk)
    for person in (alice_here, bob_there):
        removed = await person.gets("removed")
        assert removed == {"type": "removed", "roomId": room.pk, "reason": "deleted"}
        assert person.session.rooms == {}
    assert here.hub.rooms == {}


@pytest.mark.usefixtures("quick_sweep")
async def test_who_is_not_told_that_staff_deleted_a_room_is_told_why_by_the_sweep(
    bob_there: Person, room: Room
) -> None:
    await in_thread(close_room, room_id=room.pk, acting=staff(), now=timezone.now(), why="it is over")
    removed = await bob_there.gets("removed")
    assert (removed["reason"], removed["roomName"], removed["why"]) == ("deleted", "Garden", "it is over")


async def test_a_gap_in_a_room_that_is_gone_closes_it(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda notice: tells_of(notice) == 1)
    lossy.keep(lambda notice: tells_of(notice) == 2)
    await alice_here.say(room.pk, "one")
    await alice_here.say(room.pk, "two")
    await eventually(lambda: lossy.kept)
    await in_thread(delete_room, room_id=room.pk)
    await lossy.let_go()
    assert (await bob_there.gets("removed"))["reason"] == "deleted"
    assert bob_there.heard() == []


async def test_a_room_that_was_asked_for_before_it_was_made_is_not_taken_for_gone(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    early, late = await connect(server, BOB), await connect(server, ALICE)
    await late.subscribe(room.pk)
    server.hub.subscribe(early.session, FUTURE_ROOM)  # asks, and has no answer yet

    async with database.answering_late(server._repair._sweep()) as sweeping:
        await in_thread(Room.objects.create, pk=FUTURE_ROOM, name="Terrace", is_group_chat=True)
        await in_thread(add_participant, room_id=FUTURE_ROOM, member_id=ALICE)
        await late.subscribe(FUTURE_ROOM)
    await soon(sweeping)
    assert late.sink.of_type("removed") == []
