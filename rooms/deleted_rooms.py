"""Why staff deleted a room: for those who were in it, and for a time only."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Prefetch

from chatproject.errors import RoomDeleted
from rooms.deleted_models import DeletedPlace, DeletedRoom
from rooms.models import Room, shown_nickname
from rooms.selectors import gone_member_name

KEPT_FOR = timedelta(days=90)
ROWS_AT_ONCE = 1_000


class Deleted(NamedTuple):
    """What the members of a deleted room are told."""

    room_name: str
    why: str


def note_deleted(room: Room, *, why: str, now: datetime) -> Deleted:
    """Keep why, and who is in the room, in the transaction that is about to delete it. The name of a private room
    is that of its members, and is not kept."""
    noted = DeletedRoom.objects.create(room_id=room.pk, name=room.name or "", why=why, deleted_at=now)
    members = room.participants.order_by("participant_id").values_list("member_id", flat=True)
    places = (DeletedPlace(room=noted, member_id=member_id) for member_id in members.iterator())
    DeletedPlace.objects.bulk_create(places, batch_size=ROWS_AT_ONCE)
    return deletions_of(room_ids=[room.pk])[room.pk]


def deletions_of(*, room_ids: Collection[int]) -> dict[int, Deleted]:
    """Of those of these rooms that staff deleted lately, for their members. Two queries for all."""
    of_private = DeletedPlace.objects.filter(room__name="").select_related("member").order_by("place_id")
    rooms = DeletedRoom.objects.filter(pk__in=room_ids).prefetch_related(Prefetch("places", queryset=of_private))
    return {room.pk: Deleted(room.name or _name_of_private(room), room.why) for room in rooms}


def require_not_deleted(*, room_id: int, member_id: int, now: datetime) -> None:
    """Raises RoomDeleted, for who was in the room."""
    places = DeletedPlace.objects.filter(room_id=room_id, member_id=member_id)
    if places.filter(room__deleted_at__gt=now - KEPT_FOR).exists():
        raise RoomDeleted(**deletions_of(room_ids=[room_id])[room_id]._asdict())


def forget_deleted_rooms(*, now: datetime) -> int:
    """Some places of rooms that were deleted long ago, and rooms that no place is left of. Returns how many."""
    old = DeletedRoom.objects.filter(deleted_at__lte=now - KEPT_FOR)
    place_ids = list(DeletedPlace.objects.filter(room__in=old).values_list("pk", flat=True)[:ROWS_AT_ONCE])
    places, _each = DeletedPlace.objects.filter(pk__in=place_ids).delete()
    room_ids = list(old.filter(places=None).values_list("pk", flat=True)[:ROWS_AT_ONCE])
    rooms, _each = DeletedRoom.objects.filter(pk__in=room_ids).delete()
    return places + rooms


def _name_of_private(room: DeletedRoom) -> str:
    names = [shown_nickname(one.member.nickname, member_id=one.member_id) for one in room.places.all()]
    return "-".join([*names, *[gone_member_name()] * (2 - len(names))])
