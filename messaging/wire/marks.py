"""What a message carries beside its text: reactions, mentions, a pin, who deleted it. Pure; stored as its JSON."""

from typing import Literal

import msgspec

REACTORS_SHOWN = 30  # members named at a reaction; how many there are is told anyway
REACTION_KEYS_MAX = 20  # different ones at one message
MENTIONS_MAX = 50

DeletedBy = Literal["author", "moderator"]


class Reaction(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who reacted to a message with `key`: how many, and the first REACTORS_SHOWN of them, oldest first."""

    key: str
    count: int
    member_ids: tuple[int, ...]


class Marks(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """As the message object has them. A message without any stores none and takes no byte more."""

    reactions: tuple[Reaction, ...] = ()
    mentions: tuple[int, ...] = ()
    everyone: bool = False
    pinned_at: str | None = None  # a wire time
    deleted_by: DeletedBy | None = None


NO_MARKS = Marks()
_decode = msgspec.json.Decoder(Marks).decode
_encode = msgspec.json.Encoder().encode


def marks_of(stored: str | None) -> Marks:
    """What the column `marks` holds."""
    return NO_MARKS if stored is None else _decode(stored)


def stored_marks(marks: Marks) -> str | None:
    """What the column `marks` is to hold: None where there is nothing."""
    return None if marks == NO_MARKS else _encode(marks).decode()
