"""What is to be stored of what is said, and what became of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from messaging.moderation.screening import Verdict
from messaging.moderation.signals import Signal
from messaging.store.statements import Key
from messaging.wire.marks import Attachment
from messaging.wire.protocol import MessageObject
from rooms.moderation.audit import Actor
from rooms.moderation.sanctions import Told

Kind = Literal["member", "assistant", "notice"]


@dataclass(frozen=True, slots=True)
class Release:
    """Who lets a held message go, as the audit log names them."""

    held_id: int
    by: Actor
    reason: str = ""
    is_admin: bool = False  # by the token


class Draft(msgspec.Struct, frozen=True):
    """A message that is not stored yet. `sender_id` None: the server itself speaks, as `kind` says."""

    room_id: int
    sender_id: int | None
    contents: str
    client_id: str  # 32 hexadecimal digits; what makes a repeat harmless
    kind: Kind = "member"
    reply_to: int | None = None
    mentions: tuple[int, ...] = ()  # whoever of them is not in the room is dropped
    everyone: bool = False  # for managers
    is_admin: bool = False  # the sender's token says so
    verdict: Verdict | None = None  # what was found in it; what that means is decided under the room's lock
    release: Release | None = None  # it was held, and is let go now
    signal: Signal | None = None  # somebody should look at it; it counts in counselling rooms
    by: Actor | None = None  # who has the server say it, to be logged
    attachments: tuple[int, ...] = ()  # the sender's files, each once
    held_files: tuple[Attachment, ...] = ()  # of what was held: those as they were then
    assisted: bool = False  # the assistant drafted what its sender says
    model: str = ""  # which one wrote what the assistant says

    @property
    def key(self) -> Key:
        return self.room_id, self.sender_id, self.client_id


class Aside(NamedTuple):
    """What a hiding leaves to be told to the message's author, and when something ends that hides it."""

    told: tuple[Told, ...]
    ends_at: datetime | None


class Stored(msgspec.Struct, frozen=True):
    """A committed message and the membership it was stored under. `duplicate`: nothing was stored by this call."""

    message: MessageObject
    roster_version: int
    duplicate: bool
    also: tuple[MessageObject, ...] = ()  # what else it changed: the message whose pin another one's ended
    noticed: Signal | None = None  # people are to hear of it
    aside: Aside | None = None  # of a hiding
    is_new: bool = False  # said just now, and by this call

    @property
    def told(self) -> tuple[Told, ...]:
        return self.aside.told if self.aside else ()

    @property
    def ends_at(self) -> datetime | None:
        return self.aside.ends_at if self.aside else None
