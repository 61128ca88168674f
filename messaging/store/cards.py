"""What is shown of rooms to whoever may come in: what they are about, how many are there, what was said last.

Each kind of thing is asked for once, however many rooms there are.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Left

from messaging.models import Message
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from rooms.moderation.blocked_members import ids_blocked_by
from rooms.moderation.joining import asked_rooms
from rooms.moderation.sanctions import rooms_kept_out_of
from rooms.roster import member_counts
from rooms.selectors import private_room_names

LAST_TEXT_MAX_CHARACTERS = 100


def room_cards(rooms: Sequence[Room], *, member_id: int, now: datetime) -> list[dict[str, Any]]:
    """These rooms as the member may see them, in their order. Whether they may see them at all is the caller's."""
    room_ids = [room.pk for room in rooms]
    if not room_ids:
        return []
    counts = member_counts(room_ids=room_ids)
    mine = set(
        Participant.objects.filter(member_id=member_id, room__in=room_ids).values_list("room_id", flat=True)
    )
    by_approval = [room.pk for room in rooms if room.joining == Room.Joining.APPROVAL and room.pk not in mine]
    asked = asked_rooms(member_id=member_id, room_ids=by_approval) if by_approval else set()
    names = private_room_names(room_ids=[room.pk for room in rooms if room.name is None])
    shut = rooms_kept_out_of(member_id=member_id, room_ids=room_ids, now=now)
    readable = {room.pk for room in rooms if _may_be_read_outside(room)} - shut
    said = _said_last(room_ids, readable, member_id)
    return [
        {
            "roomId": room.pk,
            "roomName": room.name or names[room.pk],
            "description": room.description,
            "memberCount": counts.get(room.pk, 0),
            "isMine": room.pk in mine,
            **({} if room.joining == Room.Joining.OPEN else {"joining": room.joining}),
            **({"asked": True} if room.pk in asked else {}),
            **said.get(room.pk, {"lastAt": None, "lastText": ""}),
        }
        for room in rooms
    ]


def _may_be_read_outside(room: Room) -> bool:
    """Whether who is not in it may see what was said last."""
    is_open = room.is_group_chat and room.joining == Room.Joining.OPEN
    return is_open and room.allows_previews and not room.is_counselling


def _said_last(room_ids: Collection[int], readable: Collection[int], member_id: int) -> dict[int, dict[str, Any]]:
    """When something was said last, and what, where that may be told: not what is gone, nor of whom they block."""
    newest = Message.objects.filter(room__in=room_ids, seq=F("room__last_seq"))
    rows = newest.values_list(
        "room_id", "created_at", "sender_id", "deleted_at", "hidden_at", Left("contents", LAST_TEXT_MAX_CHARACTERS)
    )
    blocked = set(ids_blocked_by(member_id=member_id))
    said = {}
    for room_id, created_at, sender_id, deleted_at, hidden_at, text in rows:
        is_told = room_id in readable and sender_id not in blocked and not (deleted_at or hidden_at)
        said[room_id] = {"lastAt": wire_time(created_at), "lastText": text if is_told else ""}
    return said
