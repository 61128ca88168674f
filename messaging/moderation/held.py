"""What is held: who sees it, and its rejection. Letting it go stores a message: see `messaging.store.screened`."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from chatproject.errors import InvalidInput, RoomNotFound
from chatproject.room_errors import AlreadyDecided, NothingThere
from chatproject.text import is_encodable
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.moderation_models import HeldMessage
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import attachments_of
from messaging.wire.times import wire_time
from rooms.models import Room, shown_nickname
from rooms.moderation import audit
from rooms.moderation.ranks import Acting, require_right
from rooms.moderation.rights import Act

REASON_MAX_CHARACTERS = 200
OWN_MOST = 50  # of a member, the newest


def require_reason(reason: str) -> str:
    """Raises InvalidInput."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX_CHARACTERS or "\x00" in reason or not is_encodable(reason):
        raise InvalidInput
    return reason


def held_in_room(
    *, room_id: int, by: Caller, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """What waits there, the oldest first, and where the next page begins. Raises as `require_right`."""
    require_right(Act.DECIDE_HELD, room=_room(room_id), by=by)
    waiting = _with_names(HeldMessage.objects.filter(room_id=room_id, state=HeldMessage.State.WAITING))
    rows = list(waiting.filter(held_id__gt=after or 0).order_by("held_id")[: limit + 1])
    states = _states_of(rows[:limit])
    shown = [_for_manager(row, states) for row in rows[:limit]]
    return shown, rows[limit - 1].held_id if len(rows) > limit else None


def held_of_member(*, member_id: int) -> list[dict[str, Any]]:
    """What the member's waits or was decided, the newest first."""
    rows = HeldMessage.objects.filter(sender_id=member_id).select_related("room").order_by("-held_id")
    newest = list(rows[:OWN_MOST])
    states = _states_of(newest)
    return [_for_author(row, states) for row in newest]


def require_held(*, room_id: int, held_id: int, by: Caller | Acting) -> tuple[HeldMessage, Acting]:
    """What waits there under this number, for who may decide it. Raises NothingThere, AlreadyDecided, and as
    `require_right`."""
    acting = require_right(Act.DECIDE_HELD, room=_room(room_id), by=by)
    held = HeldMessage.objects.filter(pk=held_id, room_id=room_id).first()
    if held is None:
        raise NothingThere
    if held.state != HeldMessage.State.WAITING:
        raise AlreadyDecided
    return held, acting


@in_one_transaction
def reject(*, room_id: int, held_id: int, by: Caller | Acting, reason: str, now: datetime) -> HeldMessage:
    """It will not be said; its author is to be told why. Raises as `require_held`, and InvalidInput."""
    reason = require_reason(reason)
    Room.objects.select_for_update().filter(pk=room_id).first()  # as whoever would let it go
    held, acting = require_held(room_id=room_id, held_id=held_id, by=by)
    held.state, held.reason, held.decided_at = HeldMessage.State.REJECTED, reason, now
    held.decided_by_id, held.decided_by_staff_id = acting.member_id, acting.staff_id
    held.save(update_fields=["state", "reason", "decided_at", "decided_by", "decided_by_staff"])
    _let_files_go(held, now=now)
    audit.record(
        audit.Deed(
            room_id=room_id,
            act="reject",
            by=acting.logged,
            at=now,
            member_id=held.sender_id,
            reason=reason,
            details={"held": held_id},
        )
    )
    return held


def _let_files_go(held: HeldMessage, *, now: datetime) -> None:
    file_ids = [one.file_id for one in attachments_of(held.files)]
    if file_ids:
        File.objects.filter(pk__in=file_ids, is_held=True, seq=None).update(is_held=False, expires_at=now)


def mentions_of(held: HeldMessage) -> tuple[int, ...]:
    return tuple(json.loads(held.mentions)) if held.mentions else ()


def _room(room_id: int) -> Room:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    return room


def _with_names(rows: QuerySet[HeldMessage]) -> QuerySet[HeldMessage]:
    return rows.select_related("sender")


def _states_of(rows: Iterable[HeldMessage]) -> Mapping[int, str]:
    """How the files of these are by now; what is not among them is gone."""
    file_ids = [one.file_id for held in rows for one in attachments_of(held.files)]
    return dict(File.objects.filter(pk__in=file_ids).values_list("pk", "state")) if file_ids else {}


def _files(held: HeldMessage, states: Mapping[int, str]) -> list[dict[str, Any]]:
    """Which files were to be sent with it; addresses are asked for apart."""
    return [
        {
            "fileId": one.file_id,
            "name": one.name,
            "type": one.type,
            "size": one.size,
            "state": states.get(one.file_id, "gone"),
        }
        for one in attachments_of(held.files)
    ]


def _for_manager(held: HeldMessage, states: Mapping[int, str]) -> dict[str, Any]:
    return {
        "heldId": held.held_id,
        "senderId": held.sender_id,
        "nickName": shown_nickname(held.sender.nickname, member_id=held.sender_id),
        "message": held.contents,
        "attachments": _files(held, states),
        "replyTo": held.reply_to,
        "assisted": held.assisted,
        "why": held.why,
        "found": held.matched,
        "heldAt": wire_time(held.held_at),
    }


def _for_author(held: HeldMessage, states: Mapping[int, str]) -> dict[str, Any]:
    return {
        "heldId": held.held_id,
        "roomId": held.room_id,
        "roomName": held.room.name or "",
        "clientId": client_id_from_hex(held.client_id),
        "message": held.contents,
        "attachments": _files(held, states),
        "replyTo": held.reply_to,
        "assisted": held.assisted,
        "heldAt": wire_time(held.held_at),
        "state": held.state,
        "reason": held.reason,
        "seq": held.seq,
    }
