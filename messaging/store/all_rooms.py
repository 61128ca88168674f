"""Rooms as the main server sees them, who is in none: page by page, all of them or a member's. Reads only."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F

from messaging.models import Message
from rooms.models import Participant, Room
from rooms.selectors import private_room_names

ROOMS_MOST, ROOMS_DEFAULT = 500, 100  # of a page


class SeenRoom(NamedTuple):
    """A room, what it is called, who keeps it, and when the newest message was sent; None: there is none."""

    room: Room
    name: str
    owner_id: int | None
    manager_ids: list[int]
    member_count: int
    said_at: datetime | None


def rooms_page(
    *, after: int = 0, limit: int = ROOMS_DEFAULT, member_id: int | None = None
) -> tuple[list[SeenRoom], int | None]:
    """The rooms behind the cursor, private ones too, by their numbers, and the cursor of what follows; only those
    that the member is in, where one is named.

    What is made or deleted meanwhile makes no other room appear twice or be left out.
    """
    rooms = Room.objects.filter(room_id__gt=after)
    if member_id is not None:
        rooms = rooms.filter(participants__member_id=member_id)
    found = list(rooms.order_by("room_id")[: limit + 1])
    return see_rooms(found[:limit]), found[limit - 1].room_id if len(found) > limit else None


def see_rooms(rooms: Sequence[Room]) -> list[SeenRoom]:
    """Each kind of thing is asked for once, however many rooms there are."""
    room_ids = [room.room_id for room in rooms]
    names = private_room_names(room_ids=[room.room_id for room in rooms if room.name is None])
    counts, said_at = _member_counts(room_ids), _newest(room_ids)
    owner_ids, manager_ids = dict[int, int](), dict[int, list[int]]()
    kept = Participant.objects.filter(room_id__in=room_ids).exclude(role=Participant.Role.MEMBER)
    for room_id, member_id, role in kept.order_by("participant_id").values_list("room_id", "member_id", "role"):
        if role == Participant.Role.OWNER:
            owner_ids[room_id] = member_id
        else:
            manager_ids.setdefault(room_id, []).append(member_id)
    return [
        SeenRoom(
            room=room,
            name=names[room.room_id] if room.name is None else room.name,
            owner_id=owner_ids.get(room.room_id),
            manager_ids=manager_ids.get(room.room_id, []),
            member_count=counts.get(room.room_id, 0),
            said_at=said_at.get(room.room_id),
        )
        for room in rooms
    ]


def _member_counts(room_ids: Collection[int]) -> dict[int, int]:
    places = Participant.objects.filter(room_id__in=room_ids)
    return dict(places.order_by().values_list("room_id").annotate(number=Count("*")))


def _newest(room_ids: Collection[int]) -> dict[int, datetime]:
    newest = Message.objects.filter(room_id__in=room_ids, seq=F("room__last_seq"))
    return dict(newest.values_list("room_id", "created_at"))
