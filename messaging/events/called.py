"""Who is to be notified of a message that mentions them, calls everyone, or is private. Reads only.

In the room, not its author, not with the level `none`, not those who read that far, and not those who block its
author. Whether they are away is asked elsewhere.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple

from django.db.models import Q

from chatproject.outgoing.composing import Row
from chatproject.outgoing.models import OutgoingEvent
from messaging.events.people import details_of
from messaging.events.said import Address, ai_labels
from messaging.wire.file_words import in_words
from messaging.wire.protocol import MessageObject
from rooms.models import Participant, Room
from rooms.moderation_models import MemberBlock
from rooms.selectors import private_room_names

PREVIEW_MAX_CHARACTERS = 200

Reason = Literal["mention", "everyone", "private"]


@dataclass(frozen=True, slots=True)
class Call:
    """A message that some are to be notified of. `told` was decided before; None: that is to be done.

    `members` are who may be notified still, and of them those who want to see what was said.
    """

    row: Row
    details: Mapping[str, Any]
    message: MessageObject
    room: Room
    room_name: str
    members: dict[int, bool] = field(default_factory=dict)

    @property
    def told(self) -> list[int] | None:
        told: list[int] | None = self.details.get("told")
        return None if told is None else [member_id for member_id in told if member_id in self.members]

    @property
    def reason(self) -> Reason:
        if not self.room.is_group_chat:
            return "private"
        return "everyone" if self.details.get("everyone") else "mention"


class _Place(NamedTuple):
    member_id: int
    read_seq: int
    joined_seq: int
    previews: bool


def read_calls(rows: Sequence[Row], messages: Mapping[Address, MessageObject]) -> list[Call]:
    """Those of these events of which anybody may be notified: of what was deleted, or is hidden, nobody is."""
    calls = [call for call in _standing(rows, messages) if _may_be_told(call.message)] if rows else []
    if not calls:
        return []
    places = _read_places(calls)
    blocks = _read_blocks({call.message.sender_id for call in calls if call.message.sender_id is not None})
    for call in calls:
        author_id = call.message.sender_id
        named = _named(call)
        for place in places[call.room.pk]:
            is_meant = place.member_id in named if named is not None else call.message.seq > place.joined_seq
            is_open = place.member_id != author_id and place.read_seq < call.message.seq
            if is_meant and is_open and (place.member_id, author_id) not in blocks:
                call.members[place.member_id] = place.previews
    return [call for call in calls if call.members]


def _may_be_told(message: MessageObject) -> bool:
    return message.deleted_at is None and message.hidden_at is None


def _standing(rows: Sequence[Row], messages: Mapping[Address, MessageObject]) -> Iterable[Call]:
    """The rooms are read once, and the details anew: what is in hand may be older than what was decided."""
    details = dict(
        OutgoingEvent.objects.filter(pk__in=[row.event_id for row in rows]).values_list("pk", "details")
    )
    rooms = Room.objects.in_bulk([row.room_id for row in rows])
    names = private_room_names(room_ids={room.pk for room in rooms.values() if not room.is_group_chat})
    for row in rows:
        room, message = rooms.get(row.room_id or 0), messages.get((row.room_id or 0, row.seq or 0))
        if room is not None and message is not None:
            known = details_of(row._replace(details=details.get(row.event_id, row.details)))
            yield Call(row, known, message, room, room.name or names[room.pk])


def _named(call: Call) -> Collection[int] | None:
    """None: everybody who is there. An edit may have taken a mention back."""
    named = next((set(call.details[name]) for name in ("told", "of") if name in call.details), None)
    return named if named is None or call.reason != "mention" else named.intersection(call.message.mentions)


def _read_places(calls: Sequence[Call]) -> Mapping[int, list[_Place]]:
    found: dict[int, list[_Place]] = defaultdict(list)
    wanted = reduce(or_, (_whose(call) for call in calls))
    rows = Participant.objects.filter(wanted).exclude(notify=Participant.Notify.NONE).order_by("member_id")
    columns = ("room_id", "member_id", "read_seq", "joined_seq", "member__preferences__previews_text")
    for room_id, member_id, read_seq, joined_seq, previews in rows.values_list(*columns):
        found[room_id].append(_Place(member_id, read_seq, joined_seq, bool(previews)))
    return found


def _whose(call: Call) -> Q:
    named = _named(call)
    there = Q(room_id=call.room.pk, read_seq__lt=call.message.seq)
    return there if named is None else there & Q(member_id__in=sorted(named))


def _read_blocks(author_ids: Collection[int]) -> set[tuple[int, int]]:
    """(who blocks, whom), of these authors."""
    blocks = MemberBlock.objects.filter(blocked_id__in=sorted(author_ids))
    return set(blocks.values_list("member_id", "blocked_id")) if author_ids else set()


def call_data(call: Call, told: Sequence[int], *, with_text: bool) -> dict[str, Any]:
    """What the event says to notify these of. The text is for those in `previewFor`: their devices may show it."""
    shown_to = (
        [member_id for member_id in told if call.members[member_id]]
        if with_text and _may_be_shown(call.room)
        else []
    )
    return {
        "roomId": call.room.pk,
        "roomName": call.room_name,
        "isGroupChat": call.room.is_group_chat,
        "seq": call.message.seq,
        "senderId": call.message.sender_id,
        "nickName": call.message.nick_name,
        "kind": call.message.kind,
        **({"assisted": True} if call.message.assisted else {}),
        **ai_labels(call.message),
        "memberIds": list(told),
        "reason": call.reason,
        "preview": _preview(in_words(call.message.message, call.message.attachments)) if shown_to else None,
        "previewFor": shown_to,
    }


def _may_be_shown(room: Room) -> bool:
    """Whether what is said there may appear on a locked screen, where somebody wants that."""
    return room.allows_previews and not room.is_counselling


def _preview(text: str) -> str:
    line = " ".join(text[: 4 * PREVIEW_MAX_CHARACTERS].split())
    return line if len(line) <= PREVIEW_MAX_CHARACTERS else f"{line[: PREVIEW_MAX_CHARACTERS - 1]}…"
