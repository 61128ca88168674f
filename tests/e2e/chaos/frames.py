"""The frames of a chaos client: what it needs of those it hears, and those by which it acts. Pure."""

from typing import Any

import msgspec

from tests.e2e.chaos.journal import NOBODY, Act, Message

HIDDEN_FOR = "chaos"
ASK_AGAIN_AFTER_S = 0.5  # after a refusal that names no time


class Reaction(msgspec.Struct, rename="camel"):
    key: str
    member_ids: list[int]


class Frame(msgspec.Struct, rename="camel"):
    """Whatever the server sends, as far as a client needs it."""

    type: str = "chat"
    id: str | None = None
    room_id: int = 0
    seq: int = 0
    version: int = 0
    last_seq: int = 0
    sender_id: int | None = None
    client_id: str | None = None
    message: str = ""
    edited_at: str | None = None
    deleted_by: str | None = None
    reactions: list[Reaction | str] = []  # a `welcome` has only the keys that there are
    mentions: list[int] = []
    pinned_at: str | None = None
    hidden_at: str | None = None
    pinned: int | None = None
    recovered: bool = False
    epoch: str = ""
    code: str = ""
    retry_after: float = ASK_AGAIN_AFTER_S
    reconnect_after: float = 0.0


decode = msgspec.json.Decoder(Frame).decode
decode_page = msgspec.json.Decoder(list[Frame]).decode


def message_of(frame: Frame) -> Message:
    """As it was heard. Who reacted is known of the first 30, more than a room has."""
    reactions = [one for one in frame.reactions if isinstance(one, Reaction)]
    return Message(
        frame.room_id,
        frame.seq,
        frame.version,
        frame.sender_id or NOBODY,
        hexadecimal(frame.client_id or ""),
        frame.message,
        frame.edited_at is not None,
        frame.deleted_by or "",
        tuple(sorted((one.key, member_id) for one in reactions for member_id in one.member_ids)),
        tuple(sorted(frame.mentions)),
        frame.pinned_at is not None,
        frame.hidden_at is not None,
    )


def frame_of(act: Act) -> dict[str, Any]:
    frame: dict[str, Any] = {"type": act.kind, "roomId": act.room_id, "seq": act.seq}
    match act.kind:
        case "edit":
            frame["message"] = act.text
        case "react":
            frame |= {"key": act.key, "on": act.is_on}
        case "pin":
            frame["on"] = act.is_on
        case "hide":
            frame |= {"on": act.is_on} | ({"reason": HIDDEN_FOR} if act.is_on else {})
    return frame


def hexadecimal(client_id: str) -> str:
    return client_id.replace("-", "")
