"""Members who come and go in a circle, at two servers: the others are spared, they themselves are out at once."""

import pytest
from django.utils import timezone

from messaging.delivery.notices import left_notice
from messaging.server import ChatServer
from rooms.models import Room
from rooms.services import RosterChange, join_group_room, leave_group_room
from tests.factories import BOB, CHARLIE, caller
from tests.messaging.people import TIMEOUT_S, Person, connect, in_thread

ROUNDS = 10


async def go_in(server: ChatServer, room: Room, member_id: int) -> None:
    change = await in_thread(join_group_room, caller=caller(member_id), room_id=room.pk, now=timezone.now())
    assert isinstance(change, RosterChange)
    server.tell_joined(change)


async def go_out(server: ChatServer, room: Room, member_id: int) -> None:
    server.tell_left(await in_thread(leave_group_room, caller=caller(member_id), room_id=room.pk))


def news(person: Person, member_id: int = CHARLIE) -> list[str]:
    return [frame["type"] for frame in person.sink.of_type("joined", "left") if frame["memberId"] == member_id]


async def test_the_others_hear_the_first_coming_and_not_the_circle(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.comings.TOLD_AGAIN_AFTER_S", TIMEOUT_S)
    for _ in range(ROUNDS):
        await go_in(alice_here.server, room, CHARLIE)
        await go_out(alice_here.server, room, CHARLIE)
    await alice_here.say(room.pk, "what was that?")
    for person in (alice_here, bob_there):
        await person.hears("what was that?")
        assert news(person) == ["joined"]


async def test_the_others_hear_how_it_ended(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.comings.TOLD_AGAIN_AFTER_S", 0.05)
    for _ in range(ROUNDS):
        await go_in(alice_here.server, room, CHARLIE)
        await go_out(alice_here.server, room, CHARLIE)
    for person in (alice_here, bob_there):
        await person.sink.until(lambda person=person: news(person)[-1:] == ["left"])  # type: ignore[misc]
        assert len(news(person)) <= 2 * ROUNDS


async def test_who_goes_in_a_circle_is_out_at_once_each_time(
    here: ChatServer, alice_here: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.comings.TOLD_AGAIN_AFTER_S", TIMEOUT_S)
    bob = await connect(here, BOB)
    for number in range(1, ROUNDS + 1):
        await bob.subscribe(room.pk)
        await go_out(here, room, BOB)
        assert len(bob.sink.of_type("removed")) == number
        await alice_here.say(room.pk, f"without him {number}")
        await go_in(here, room, BOB)
    assert bob.heard() == []
    assert news(alice_here, BOB) == ["left"]


async def test_who_hears_late_of_a_leaving_before_their_own_look_is_not_told(
    alice_here: Person, there: ChatServer, room: Room
) -> None:
    await go_in(alice_here.server, room, CHARLIE)
    left = await in_thread(leave_group_room, caller=caller(CHARLIE), room_id=room.pk)
    await go_in(alice_here.server, room, CHARLIE)
    bob = await connect(there, BOB)
    await bob.subscribe(room.pk)
    there.subscriptions.hear_roster(left_notice(left))  # which was kept for whoever listens soon
    await alice_here.say(room.pk, "all here?")
    await bob.hears("all here?")
    assert news(bob) == []
