"""What managers see under a hiding: the text, and by whom it was hidden, why, and until when."""

from typing import Any

import msgspec

from chatproject.errors import MessageNotFound, RoomNotFound
from chatproject.tokens import Caller
from messaging.models import Message
from messaging.store.objects import MessageColumns, message_object
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation.ranks import require_right
from rooms.moderation.rights import Act
from rooms.moderation.sanctions import BY_RANK
from rooms.moderation_models import Sanction


def uncovered(*, room_id: int, caller: Caller, seq: int) -> dict[str, Any]:
    """The message with what it says, hidden or not (deleted stays deleted), and what hides it, as JSON builtins.

    Raises RoomNotFound, NotInRoom, NotGroupRoom, ManagersOnly, MessageNotFound.
    """
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    require_right(Act.SEE_ACTS, room=room, by=caller)
    row = Message.objects.filter(room_id=room_id, seq=seq).values_list(*MessageColumns._fields).first()
    if row is None:
        raise MessageNotFound
    columns = MessageColumns(*row)
    told = message_object(columns)
    said = msgspec.structs.replace(message_object(columns._replace(hidden_at=None)), hidden_at=told.hidden_at)
    return {"message": msgspec.to_builtins(said), "hidings": _hidings(room_id, seq)}


def _hidings(room_id: int, seq: int) -> list[dict[str, Any]]:
    held = Sanction.objects.filter(room_id=room_id, seq=seq, lifted_at=None).order_by("sanction_id")
    return [
        {
            "sanctionId": sanction.sanction_id,
            "act": sanction.kind,
            "reason": sanction.reason,
            "since": wire_time(sanction.since),
            "until": None if sanction.until is None else wire_time(sanction.until),
            "by": BY_RANK.get(sanction.rank, "staff"),
            "imposedBy": sanction.imposed_by_id,
        }
        for sanction in held
    ]
