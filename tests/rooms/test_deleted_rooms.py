"""Who was in a room that staff deleted learns why, for a time; nobody else does."""

from datetime import UTC, datetime, timedelta

import pytest

from chatproject.errors import RoomDeleted
from rooms.deleted_models import DeletedPlace, DeletedRoom
from rooms.deleted_rooms import KEPT_FOR, Deleted, deletions_of, forget_deleted_rooms, require_not_deleted
from rooms.models import Member, Room
from rooms.moderation.founding import close_room
from rooms.moderation.ranks import staff
from rooms.services import remove_participant
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def delete(room: Room) -> int:
    close_room(room_id=room.pk, acting=staff(), now=NOW, why="it is over")
    return room.room_id


def told(room_id: int, member_id: int, *, after: timedelta = timedelta(0)) -> dict[str, str]:
    try:
        require_not_deleted(room_id=room_id, member_id=member_id, now=NOW + after)
    except RoomDeleted as refusal:
        return refusal.details
    return {}


def test_who_was_in_it_is_told_and_who_left_before_or_never_came_is_not(
    alice: Member, bob: Member, charlie: Member
) -> None:
    room = make_group_room("Garden", alice, bob)
    remove_participant(room_id=room.pk, member_id=BOB, is_own_doing=True)
    room_id = room.room_id
    delete(room)
    assert told(room_id, ALICE) == {"roomName": "Garden", "why": "it is over"}
    assert told(room_id, BOB) == told(room_id, CHARLIE) == told(room_id + 1, ALICE) == {}


def test_a_private_room_is_called_by_who_is_left(alice: Member, bob: Member) -> None:
    room_id = delete(make_private_room(alice, bob))
    assert deletions_of(room_ids=[room_id]) == {room_id: Deleted("Alice-Bob", "it is over")}
    assert DeletedRoom.objects.get().name == ""
    DeletedPlace.objects.filter(member_id=BOB).delete()  # as when his user goes
    assert deletions_of(room_ids=[room_id])[room_id].room_name.startswith("Alice-")


def test_a_room_that_its_last_member_left_is_not_noted(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    remove_participant(room_id=room.pk, member_id=ALICE, is_own_doing=True)
    assert not DeletedRoom.objects.exists()


def test_it_is_forgotten_after_90_days(alice: Member, bob: Member) -> None:
    room_id = delete(make_group_room("Garden", alice, bob))
    almost = KEPT_FOR - timedelta(seconds=1)
    assert told(room_id, ALICE, after=almost)
    forget_deleted_rooms(now=NOW + almost)
    assert DeletedRoom.objects.exists()
    assert not told(room_id, ALICE, after=KEPT_FOR)
    forget_deleted_rooms(now=NOW + KEPT_FOR)
    assert not DeletedRoom.objects.exists()
    assert not DeletedPlace.objects.exists()
