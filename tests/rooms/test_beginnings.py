"""Where a room begins: what moves with it, and what does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatproject.errors import RoomNotFound
from rooms.beginnings import begin_at, oldest_kept, rooms_behind
from rooms.models import Member, Room
from tests.factories import make_group_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(alice: Member) -> Room:
    room = make_group_room("Garden", alice)
    Room.objects.filter(pk=room.pk).update(last_seq=9, pinned_seq=4)
    return room


def begins(room: Room) -> tuple[int, int | None, int]:
    return Room.objects.values_list("first_seq", "pinned_seq", "roster_version").get(pk=room.pk)


def test_a_room_begins_later_and_never_earlier_and_counts_what_is_told(room: Room) -> None:
    assert begin_at(room_id=room.pk, seq=3, is_told=False) is None
    assert begins(room) == (3, 4, 1)
    assert begin_at(room_id=room.pk, seq=4, is_told=True) == 2
    assert begin_at(room_id=room.pk, seq=2, is_told=True) is None
    assert begins(room) == (4, 4, 2)


def test_a_notice_that_is_gone_is_taken_down_and_that_is_told(room: Room) -> None:
    assert begin_at(room_id=room.pk, seq=5, is_told=False) == 2
    assert begins(room) == (5, None, 2)


def test_a_room_that_is_gone_begins_nowhere() -> None:
    with pytest.raises(RoomNotFound):
        begin_at(room_id=404, seq=5, is_told=False)


def test_days_of_the_room_come_before_those_of_the_site() -> None:
    now = timezone.now()
    assert oldest_kept(None, now=now) is None  # the settings keep everything
    assert oldest_kept(0, now=now) is None
    assert oldest_kept(30, now=now) == now - timedelta(days=30)


def test_rooms_come_by_their_numbers_so_many_at_a_time(room: Room, alice: Member) -> None:
    other = make_group_room("Kitchen", alice)
    assert rooms_behind(after=0, limit=1) == [(room.pk, None, 1, 9)]
    assert rooms_behind(after=room.pk, limit=9) == [(other.pk, None, 1, 0)]
