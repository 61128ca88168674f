"""What a client sends becomes a frame of `client_frames`, or a refusal that can be answered. Pure."""

import json
import re
from typing import Any, TypeVar

import msgspec
from django.utils.text import format_lazy

from chatproject.errors import ChatError, InvalidInput
from chatproject.strict_json import refuse_deep_nesting, refuse_repeated_keys, with_integers
from chatproject.text import is_encodable
from messaging.wire.client_frames import (
    BIGINT_MAX,
    AnyClientFrame,
    Ask,
    Chat,
    Edit,
    Subscribe,
    Unsubscribe,
)
from messaging.wire.content import check_attachments, check_client_id, check_mentions, check_message

DETAIL_MAX_CHARACTERS = 200
T = TypeVar("T")


class MalformedFrame(Exception):
    """A frame that cannot be used: the refusal, and whom to answer as far as the frame still says it."""

    def __init__(self, error: ChatError, *, frame_id: str | None = None, room_id: int | None = None) -> None:
        self.error, self.frame_id, self.room_id = error, frame_id, room_id
        super().__init__(error.code)


class _V1Frame(msgspec.Struct, frozen=True, rename="camel"):
    type: str
    room_id: int | str
    message: str | None = None  # one object for all three frames, as Java clients have it


_frames: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)
_v1_frames = msgspec.json.Decoder(_V1Frame)
_UNUSABLE = (ChatError, msgspec.MsgspecError, RecursionError, UnicodeError, ValueError)
_SAYING = (Chat, Ask, Edit)
_DECIMAL = re.compile(r"[0-9]{1,19}")


def decode(text: str) -> AnyClientFrame:
    """Return the v2 frame in `text`. Raises MalformedFrame."""
    try:
        refuse_deep_nesting(text)
        try:
            frame = _frames.decode(text)
        except msgspec.ValidationError:
            frame = _decode_with_integers(_frames, text)
        strings = text.split('"')[1::2]  # keys and values, where no quote in them is escaped
        has_escapes = '\\"' in text or "\\u" in text or "\\/" in text  # but those that have no other form
        if has_escapes or len(set(strings)) != len(strings):
            refuse_repeated_keys(text)
        if isinstance(frame, _SAYING):
            _check_content(frame)
    except _UNUSABLE as error:
        raise _malformed(error, text) from error
    return frame


def _check_content(frame: Chat | Ask | Edit) -> None:
    if frame.message is not None and not (frame.message == "" and _may_be_empty(frame)):
        check_message(frame.message)
    if isinstance(frame, Chat) and frame.attachments:
        check_attachments(frame.attachments)
    if frame.mentions:
        check_mentions(frame.mentions)
    if not isinstance(frame, Edit) and frame.client_id is not None:
        check_client_id(frame.client_id)


def _may_be_empty(frame: Chat | Ask | Edit) -> bool:
    """Where it has files, which of an edited message only the store knows."""
    return isinstance(frame, Edit) or (isinstance(frame, Chat) and bool(frame.attachments))


def decode_v1(text: str) -> Subscribe | Unsubscribe | Chat:
    """Return the v1 frame in `text` as its v2 counterpart. Raises MalformedFrame."""
    try:
        refuse_deep_nesting(text)
        try:
            frame = _v1_frames.decode(text)
        except msgspec.ValidationError:
            frame = _decode_with_integers(_v1_frames, text)
        room_id = _v1_room_id(frame.room_id)
        match frame.type.lower():
            case "subscribe":
                return Subscribe(room_id=room_id)
            case "unsubscribe":
                return Unsubscribe(room_id=room_id)
            case "chat":
                check_message(frame.message or "")
                return Chat(room_id=room_id, message=frame.message or "")
            case _:
                raise InvalidInput
    except _UNUSABLE as error:
        raise _malformed(error, text) from error


def _decode_with_integers(decoder: msgspec.json.Decoder[T], text: str) -> T:
    """What is not valid as it stands: its integers are written as floats, perhaps."""
    return msgspec.convert(with_integers(msgspec.json.decode(text)), decoder.type)


def _v1_room_id(raw: int | str) -> int:
    if isinstance(raw, str) and not _DECIMAL.fullmatch(raw):
        raise InvalidInput
    if not 1 <= int(raw) <= BIGINT_MAX:
        raise InvalidInput
    return int(raw)


def _malformed(error: Exception, text: str) -> MalformedFrame:
    if not isinstance(error, ChatError):
        # msgspec's sentence names the key and what was expected; it may quote an unknown `type` of any length
        detail = str(error)[:DETAIL_MAX_CHARACTERS] if isinstance(error, msgspec.ValidationError) else ""
        error = InvalidInput(format_lazy("{} ({})", InvalidInput.default_message, detail) if detail else None)
    try:
        # takes what the other parser refuses, half a character or NaN: so its sender is answered by its id
        frame = json.loads(text)
    except _UNUSABLE:
        frame = None
    if not isinstance(frame, dict):
        return MalformedFrame(error)
    room_id = _room_id_or_none(with_integers(frame.get("roomId")))
    return MalformedFrame(error, frame_id=_frame_id_or_none(frame.get("id")), room_id=room_id)


def _frame_id_or_none(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and len(raw) <= 64 and is_encodable(raw) else None


def _room_id_or_none(raw: Any) -> int | None:
    return raw if type(raw) is int and 1 <= raw <= BIGINT_MAX else None
