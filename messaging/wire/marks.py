"""What a message carries beside its text: reactions, mentions, a pin, files … Pure; stored as its JSON."""

from collections.abc import Sequence
from typing import Literal

import msgspec

REACTORS_SHOWN = 30  # members named at a reaction; how many there are is told anyway
REACTION_KEYS_MAX = 20  # different ones at one message
MENTIONS_MAX = 50
ATTACHMENTS_MAX = 10

DeletedBy = Literal["author", "moderator"]


class Reaction(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who reacted to a message with `key`: how many, and the first REACTORS_SHOWN of them, oldest first."""

    key: str
    count: int
    member_ids: tuple[int, ...]


class Attachment(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A file as its message has it; addresses to get it at are asked for apart. `size` in bytes, `width` and
    `height` in pixels. `reason` says why it was refused, such as `damaged`."""

    file_id: int
    name: str
    type: str
    size: int
    state: Literal["checking", "ready", "refused", "gone"] = "ready"
    width: int | None = None
    height: int | None = None
    alt: str = ""
    reason: str = ""


class LinkPreview(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a web page that the message links to says of itself. `file_id`: its picture, a file of the room."""

    url: str
    title: str
    description: str = ""
    site: str = ""
    file_id: int | None = None
    width: int | None = None
    height: int | None = None


class Marks(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """As the message object has them. A message without any stores none and takes no byte more."""

    reactions: tuple[Reaction, ...] = ()
    mentions: tuple[int, ...] = ()
    everyone: bool = False
    pinned_at: str | None = None  # a wire time
    deleted_by: DeletedBy | None = None
    attachments: tuple[Attachment, ...] = ()
    preview: LinkPreview | None = None
    model: str = ""  # of the assistant's: which one wrote it
    assisted: bool = False  # a member's, from a draft of the assistant's


NO_MARKS = Marks()
_decode = msgspec.json.Decoder(Marks).decode
_encode = msgspec.json.Encoder().encode
_decode_attachments = msgspec.json.Decoder(tuple[Attachment, ...]).decode


def marks_of(stored: str | None) -> Marks:
    """What the column `marks` holds."""
    return NO_MARKS if stored is None else _decode(stored)


def stored_marks(marks: Marks) -> str | None:
    """What the column `marks` is to hold: None where there is nothing."""
    return None if marks == NO_MARKS else _encode(marks).decode()


def attachments_of(stored: str) -> tuple[Attachment, ...]:
    """What a column holds that has attachments alone; "" is none."""
    return _decode_attachments(stored) if stored else ()


def stored_attachments(attachments: Sequence[Attachment]) -> str:
    """What such a column is to hold."""
    return _encode(attachments).decode() if attachments else ""
