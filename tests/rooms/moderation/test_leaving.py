"""A member who is erased leaves every room, and is found in none."""

import pytest

from messaging.models import Message
from messaging.store.selectors import history
from rooms.models import Member, Participant, Room
from rooms.moderation.leaving import leave_for_good
from rooms.private_rooms import open_private_room
from rooms.services import RosterChange, join_group_room
from tests.factories import ALICE, BOB, caller, give_role, make_group_room, make_private_room
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db


def leave(room: Room, member_id: int = BOB) -> RosterChange | None:
    return leave_for_good(room_id=room.pk, member_id=member_id)


def test_the_room_of_an_owner_who_goes_is_another_ones(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", bob, alice)
    give_role(room, BOB)
    change = leave(room)
    assert change is not None
    assert (change.member_id, change.was_removed, change.changes_rules) == (BOB, False, True)
    assert Participant.objects.get(room=room).role == "owner"
    assert leave(room) is None


def test_who_is_left_in_a_private_room_keeps_it_and_it_is_nobodys_pair(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    assert leave(room) is not None
    assert [place.member_id for place in room.participants.all()] == [ALICE]
    opened, _change = open_private_room(caller=caller(BOB, "Bob the second"), other_member_id=ALICE)
    assert opened.pk != room.pk
    assert not Participant.objects.filter(room=room, member_id=BOB).exists()
    assert leave(room) is None


def test_the_last_one_out_deletes_the_room(alice: Member, bob: Member) -> None:
    rooms = [make_private_room(alice, bob), make_group_room("Garden", bob)]
    for room in rooms:
        leave(room, ALICE)
        leave(room)
    assert not Room.objects.exists()


def test_the_last_one_stays_until_what_was_said_is_gone_and_nobody_reads_it_meanwhile(bob: Member) -> None:
    room = make_group_room("Garden", bob)
    say(room, "하나", "둘", sender_id=BOB)
    assert leave(room) is None
    room.refresh_from_db()
    assert room.first_seq == 3
    assert history(room_id=room.pk, member_id=BOB, limit=10) == []
    assert leave(room, ALICE) is None  # who is in no room takes nothing out of it
    Message.objects.all().delete()
    assert leave(room) is not None
    assert not Room.objects.exists()


def test_who_comes_before_the_last_one_is_out_has_the_room_and_nothing_of_before(
    alice: Member, bob: Member
) -> None:
    room = make_group_room("Garden", bob)
    say(room, "하나", sender_id=BOB)
    leave(room)
    join_group_room(room_id=room.pk, caller=caller(ALICE, "Alice"), now=NOW)
    say(room, "둘", sender_id=ALICE)
    assert leave(room) is not None
    assert [place.member_id for place in room.participants.all()] == [ALICE]
    [line] = history(room_id=room.pk, member_id=ALICE, limit=10)
    assert b'"seq":2' in line
