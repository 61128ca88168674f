"""What a member makes of a room in their own list, and what ends it."""

import pytest

from chatproject.errors import InvalidInput, NotInRoom, RoomNotFound
from chatproject.outgoing.models import Kind
from chatproject.outgoing.subscriptions import NOBODY, Subscribed
from messaging.store.my_rooms import my_rooms
from messaging.store.own_places import OwnPlace, set_own_place
from messaging.store.read_marks import MarkAsked, mark_read, mark_read_together
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_private_room
from tests.messaging.store.test_mentions import draft, store

pytestmark = pytest.mark.django_db


def set_mine(room: Room, *, by: int = BOB, **wanted: bool) -> OwnPlace:
    asked: dict[str, bool | None] = {"pinned": None, "hidden": None, "unread": None, **wanted}
    return set_own_place(room_id=room.pk, member_id=by, **asked)


def listed(room: Room, *, by: int = BOB) -> tuple[bool, bool, bool]:
    """Pinned, hidden, marked as unread."""
    [one] = [one for one in my_rooms(member_id=by) if one["roomId"] == room.pk]
    return one["isPinned"], one["isHidden"], one["isMarkedUnread"]


def test_bob_pins_a_room_for_himself_and_nobody_else(room: Room) -> None:
    assert set_mine(room, pinned=True) == OwnPlace(room.pk, True, False, False)
    assert (listed(room), listed(room, by=ALICE)) == ((True, False, False), (False, False, False))
    set_mine(room, unread=True)
    assert listed(room) == (True, False, True)  # what is left out stays
    assert set_mine(room) == OwnPlace(room.pk, True, False, True)
    set_mine(room, pinned=False)
    assert listed(room) == (False, False, True)


def test_a_private_room_is_hidden_until_something_is_said(alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    store(draft(private, "hello"))
    assert set_mine(private, hidden=True).is_hidden
    assert (listed(private)[1], listed(private, by=ALICE)[1]) == (True, False)
    store(draft(private, "are you there?"))
    assert not listed(private)[1]
    set_mine(private, hidden=True)
    assert not set_mine(private, hidden=False).is_hidden


def test_a_group_room_is_left_and_not_hidden(room: Room) -> None:
    with pytest.raises(InvalidInput):
        set_mine(room, hidden=True)
    assert not set_mine(room, hidden=False).is_hidden


@pytest.mark.parametrize("told", [NOBODY, Subscribed({Kind.READ: (1,)})], ids=["nobody", "main server"])
def test_reading_ends_the_mark_even_where_all_was_read(room: Room, told: Subscribed) -> None:
    store(draft(room, "hello"))
    asked = MarkAsked(room.pk, BOB, 1)
    mark_read_together([asked], subscribed=told)
    set_mine(room, unread=True, pinned=True)
    assert mark_read_together([MarkAsked(room.pk, ALICE, 1)], subscribed=told) != {}
    assert listed(room)[2]
    mark = mark_read_together([asked], subscribed=told)[asked]
    assert (mark.seq, mark.moved, mark.own) == (1, False, OwnPlace(room.pk, True, False, False))
    assert not listed(room)[2]
    assert mark_read(room_id=room.pk, member_id=BOB).own is None


def test_who_says_something_has_read(room: Room) -> None:
    set_mine(room, unread=True)
    store(draft(room, "hello"))
    assert listed(room)[2]
    store(draft(room, "hello yourself", by=BOB))
    assert not listed(room)[2]


def test_a_stranger_has_no_list_to_put_it_in(room: Room, charlie: Member) -> None:
    with pytest.raises(NotInRoom):
        set_mine(room, by=CHARLIE, pinned=True)
    with pytest.raises(RoomNotFound):
        set_own_place(room_id=999_999, member_id=BOB, pinned=True, hidden=None, unread=None)
    assert not Participant.objects.filter(is_pinned=True).exists()
