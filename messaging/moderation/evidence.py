"""What was said, kept as it was when it was reported: nothing that happens to it later changes the evidence.

Only what everybody in the room could read then: of what was deleted or hidden before, that it was there.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Message
from messaging.wire.ai_words import label_of
from messaging.wire.marks import Attachment, marks_of
from messaging.wire.times import wire_time
from rooms.models import Room, shown_nickname
from rooms.selectors import gone_member_name

AROUND = 5  # messages before and after
OF_MEMBER_OR_ROOM = 10  # the last ones


class Line(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as it was. `message` is empty where it could not be read."""

    seq: int
    kind: str
    sender_id: int | None
    nick_name: str
    message: str
    created_at: str
    edited_at: str | None = None
    is_gone: bool = False
    model: str = ""  # these two as at the message
    assisted: bool = False
    attachments: tuple[Attachment, ...] = ()  # their bytes are kept for as long as the case is open

    @property
    def label(self) -> str:
        return label_of(self.kind, model=self.model, assisted=self.assisted)


class Evidence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The lines by their seq; `seq` is that of the reported one, None where none was."""

    room_name: str
    seq: int | None = None
    lines: tuple[Line, ...] = ()

    @property
    def reported(self) -> Line | None:
        return next((line for line in self.lines if line.seq == self.seq), None)


def around(room: Room, seq: int) -> Evidence:
    """The message with its neighbours."""
    messages = _messages(room).filter(seq__gte=seq - AROUND, seq__lte=seq + AROUND)
    return Evidence(room_name=room.name or "", seq=seq, lines=_lines(room, messages))


def of_member(room: Room, member_id: int) -> Evidence:
    """The last that the member said in the room."""
    return _last(room, _messages(room).filter(sender_id=member_id))


def of_room(room: Room) -> Evidence:
    """The last that was said in the room."""
    return _last(room, _messages(room))


def encode(evidence: Evidence) -> str:
    return msgspec.json.encode(evidence).decode()


def decode(kept: str) -> Evidence:
    return msgspec.json.decode(kept, type=Evidence)


def _messages(room: Room) -> QuerySet[Message]:
    return Message.objects.filter(room=room).select_related("sender")


def _last(room: Room, messages: QuerySet[Message]) -> Evidence:
    newest = messages.order_by("-seq")[:OF_MEMBER_OR_ROOM]
    return Evidence(room_name=room.name or "", lines=_lines(room, newest))


def _lines(room: Room, messages: Iterable[Message]) -> tuple[Line, ...]:
    return tuple(_line(room, message) for message in sorted(messages, key=lambda message: message.seq))


def _line(room: Room, message: Message) -> Line:
    is_gone, marks = (message.deleted_at or message.hidden_at) is not None, marks_of(message.marks)
    return Line(
        seq=message.seq,
        kind=message.kind,
        sender_id=None if is_gone else message.sender_id,
        nick_name="" if is_gone else _name(room, message),
        message="" if is_gone else message.contents,
        created_at=wire_time(message.created_at),
        edited_at=_optional_time(message.edited_at),
        is_gone=is_gone,
        model=marks.model,
        assisted=marks.assisted and not is_gone,
        attachments=() if is_gone else marks.attachments,
    )


def _name(room: Room, message: Message) -> str:
    if message.sender is not None:
        return shown_nickname(message.sender.nickname, member_id=message.sender.member_id)
    if message.kind == Message.Kind.ASSISTANT:
        return room.assistant_name or str(settings.ASSISTANT_NAME)
    return gone_member_name() if message.kind == Message.Kind.MEMBER else ""


def _optional_time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)
