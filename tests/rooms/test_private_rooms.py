"""The one private room of two members. What happens when many open it at once is in test_races."""

import pytest

from chatproject.errors import InvalidInput, MemberNotFound
from rooms import private_rooms, selectors, services
from rooms.models import Member, Room
from rooms.services import RosterChange
from tests.factories import ALICE, BOB, caller, make_member, make_private_room

UNKNOWN = 2**63 - 1


def test_alice_opens_a_private_room_with_bob(alice: Member, bob: Member) -> None:
    room, change = private_rooms.open_private_room(caller=caller(ALICE), other_member_id=BOB)
    assert change == RosterChange(room.room_id, BOB, "Bob", roster_version=2)
    assert (room.name, room.is_group_chat, room.pair_key) == (None, False, "3:7")
    assert set(room.participants.values_list("member_id", flat=True)) == {ALICE, BOB}


def test_bob_gets_the_same_room(alice: Member, bob: Member) -> None:
    room, _change = private_rooms.open_private_room(caller=caller(ALICE), other_member_id=BOB)
    assert private_rooms.open_private_room(caller=caller(BOB), other_member_id=ALICE) == (room, None)
    assert Room.objects.count() == 1


def test_a_private_room_with_oneself_is_refused(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=ALICE)


def test_a_private_room_with_nobody_is_refused(alice: Member) -> None:
    with pytest.raises(MemberNotFound):
        private_rooms.open_private_room(caller=caller(ALICE), other_member_id=UNKNOWN)


def test_what_two_members_are_called_takes_no_name_from_a_group(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    group = services.create_group_room(caller=caller(BOB), name="Alice-Bob")
    assert selectors.group_room_named(name="Alice-Bob") == group


def test_two_pairs_of_equal_nicknames_have_equally_named_rooms(db: None) -> None:
    pairs = [(make_member(1, "a-b"), make_member(2, "c")), (make_member(3, "a"), make_member(4, "b-c"))]
    rooms = [
        private_rooms.open_private_room(caller=caller(a.pk), other_member_id=b.pk)[0].room_id for a, b in pairs
    ]
    assert list(selectors.private_room_names(room_ids=rooms).values()) == ["a-b-c", "a-b-c"]
