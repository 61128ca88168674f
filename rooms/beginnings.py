"""Where what is kept of a room's messages begins. The messages are not known here, and nobody is told."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room, move_roster
from rooms.models import Room


def oldest_kept(room_days: int | None, *, now: datetime) -> datetime | None:
    """When what a room keeps was said at the earliest, by its own days; None: everything is kept."""
    days = settings.KEEPING.messages_days if room_days is None else room_days
    return now - timedelta(days=days) if days else None


@in_one_transaction
def begin_at(*, room_id: int, seq: int, is_told: bool) -> int | None:
    """Have the room begin at that message, and have no older one as its notice. Its lock is held for two updates.

    Returns the room's roster version after it where it `is_told`, or where it took the notice down.
    Raises RoomNotFound.
    """
    room = lock_room(room_id)
    if seq <= room.first_seq:
        return None
    room.first_seq = seq
    loses_notice = room.pinned_seq is not None and room.pinned_seq < seq
    if loses_notice:
        room.pinned_seq = None
    room.save(update_fields=["first_seq", "pinned_seq"])
    return move_roster(room) if is_told or loses_notice else None


class Kept(NamedTuple):
    """What a room keeps: by its own days, from its first to its last message."""

    room_id: int
    days: int | None
    first_seq: int
    last_seq: int


def rooms_behind(*, after: int, limit: int) -> list[Kept]:
    """So many rooms by their numbers."""
    rows = Room.objects.filter(pk__gt=after).order_by("pk")
    return [Kept(*row) for row in rows.values_list("pk", "keeps_messages", "first_seq", "last_seq")[:limit]]
