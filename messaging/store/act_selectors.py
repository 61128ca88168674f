"""What became of messages, page by page: who reacted, and which messages were a room's notice."""

from typing import Any

import msgspec

from chatproject.errors import MessageNotFound
from messaging.models import Message, Pin, Reaction
from messaging.store.objects import message_objects
from messaging.store.own_reactions import with_own_reactions
from messaging.wire.times import wire_time
from rooms.models import shown_nickname
from rooms.selectors import require_participant

REACTORS_MAX, REACTORS_DEFAULT = 300, 100
PINS_MAX, PINS_DEFAULT = 100, 20

Page = tuple[list[dict[str, Any]], int | None]  # and the cursor of the next one, None where this is the last


def reactors(*, room_id: int, member_id: int, seq: int, key: str, after: int | None, limit: int) -> Page:
    """Who reacted to the message with `key`, the oldest first. Nobody did to one that was deleted, or is hidden.

    Raises RoomNotFound, NotInRoom, MessageNotFound.
    """
    require_participant(room_id=room_id, member_id=member_id)
    message = Message.objects.filter(room_id=room_id, seq=seq).only("pk", "hidden_at").first()
    if message is None:
        raise MessageNotFound
    if message.hidden_at is not None:
        return [], None
    found = Reaction.objects.filter(message=message, key=key, pk__gt=after or 0).order_by("pk")
    rows = list(found.values_list("pk", "member_id", "member__nickname")[: limit + 1])
    page = rows[:limit]
    shown = [
        {"memberId": member_id, "nickName": shown_nickname(nickname, member_id=member_id)}
        for _pk, member_id, nickname in page
    ]
    return shown, page[-1][0] if len(rows) > limit else None


def pins(*, room_id: int, member_id: int, before: int | None, limit: int) -> Page:
    """The room's notices, the newest first. Raises RoomNotFound, NotInRoom."""
    require_participant(room_id=room_id, member_id=member_id)
    found = Pin.objects.filter(room_id=room_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: limit + 1])
    page = rows[:limit]
    messages = message_objects(Message.objects.filter(room_id=room_id, seq__in={pin.seq for pin in page}))
    shown = with_own_reactions(messages, member_id=member_id)
    by_seq = {message.seq: msgspec.to_builtins(message) for message in shown}
    return [_shown(pin, by_seq.get(pin.seq)) for pin in page], page[-1].pk if len(rows) > limit else None


def _shown(pin: Pin, message: Any) -> dict[str, Any]:
    return {
        "seq": pin.seq,
        "pinnedBy": pin.pinned_by_id,
        "pinnedAt": wire_time(pin.pinned_at),
        "unpinnedAt": pin.unpinned_at and wire_time(pin.unpinned_at),
        "message": message,
    }
