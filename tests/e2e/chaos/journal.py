"""What one client did and saw, in the order in which it happened there. Every `at` is in monotonic seconds."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

ANEW = "anew"  # the code of an act that was on its way when another epoch began: nobody knows what became of it
NOBODY = 0  # the sender of a tombstone in a group room

Reactions = tuple[tuple[str, int], ...]  # key and member, sorted


class Message(NamedTuple):
    """A message as a client hears it and as the database keeps it: both must be the same."""

    room_id: int
    seq: int
    version: int
    sender_id: int
    client_id: str  # 32 hexadecimal digits
    text: str
    is_edited: bool = False
    deleted_by: str = ""  # "author" or "moderator"
    reactions: Reactions | None = ()  # None: not known, because the client shows its own before they are told
    mentions: tuple[int, ...] = ()  # sorted
    is_pinned: bool = False
    is_hidden: bool = False

    def shown(self) -> "Message":
        """As everybody is to see it: of a deleted one nothing but that, of a hidden one whose it is."""
        if self.is_hidden and not self.deleted_by:
            return self._replace(text="", reactions=(), mentions=(), is_pinned=False)
        if not self.deleted_by:
            return self
        blank = Message(self.room_id, self.seq, self.version, NOBODY, self.client_id, "")
        return blank._replace(is_edited=self.is_edited, deleted_by=self.deleted_by)


class Said(NamedTuple):
    """The first time that a client sent a message; repeats are not written down."""

    at: float
    room_id: int
    client_id: str
    text: str
    mentions: tuple[int, ...] = ()  # sorted


@dataclass(eq=False)
class Act:
    """What a client did to a message, how often it sent that, and what it was answered at last."""

    member_id: int
    room_id: int
    seq: int
    kind: Literal["edit", "delete", "react", "pin", "hide"]
    key: str = ""  # of a reaction
    text: str = ""  # of an edit
    is_on: bool = True
    sent_at: list[float] = field(default_factory=list)
    answered_at: float = math.inf
    code: str | None = None  # "" when it was done, None without an answer
    version: int = 0  # as acknowledged; 0 where that is not known
    epoch: str = ""  # in which `seq` counts
    is_in_doubt: bool = False  # it was answered, and may be undone: the database went back behind it

    @property
    def is_done(self) -> bool:
        return self.code == "" and bool(self.sent_at) and not self.is_in_doubt

    @property
    def may_have_happened(self) -> bool:
        """Also where a repeat of it was refused: the first one may have been taken."""
        return bool(self.sent_at) and (self.code in ("", None, ANEW) or len(self.sent_at) > 1)

    @property
    def settled_at(self) -> float:
        """When nothing of it can happen any more. One that was repeated may be on its way on an old socket."""
        return self.answered_at if len(self.sent_at) == 1 and not self.is_in_doubt else math.inf


class Acknowledged(NamedTuple):
    at: float
    room_id: int
    client_id: str
    seq: int
    version: int
    server: str  # the address that the client was connected to
    epoch: str = ""


class Answered(NamedTuple):
    """A chat frame and its answer on the same socket, acknowledgement (`code` "") or refusal."""

    sent_at: float
    at: float
    code: str


class Heard(NamedTuple):
    at: float
    message: Message
    recovered: bool  # replayed after `since`, or read from the history: not heard live
    server: str


class Closed(NamedTuple):
    """A connection that ended. `unanswered`: when each chat frame was sent that it never answered."""

    at: float
    server: str
    code: int
    unanswered: tuple[float, ...]
    reconnect_after: float | None  # from the server's `bye`


class Departure(NamedTuple):
    """The member left the room, or was removed: nothing may come that is newer than `version`, the room's then."""

    at: float
    version: int


@dataclass
class Journal:
    """Of one client: one member, one socket at a time."""

    name: str
    member_id: int
    said: list[Said] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    heard: defaultdict[int, list[Heard]] = field(default_factory=lambda: defaultdict(list))  # by room
    uncalled: list[Heard] = field(
        default_factory=list
    )  # what came on a socket that was not subscribed to its room
    shown: dict[int, dict[int, Message]] = field(
        default_factory=dict
    )  # by room and seq, at the end; where a client shows another thing than what it heard last
    pinned: dict[int, int | None] = field(default_factory=dict)  # by room: the notice on top
    began: dict[int, int] = field(default_factory=dict)  # by room: its version at the first subscription
    departed: dict[int, Departure] = field(default_factory=dict)  # by room
    closed: list[Closed] = field(default_factory=list)
    epoch: str = ""  # of what is in `heard`, `began`, `shown` and `pinned`
    past: list[Heard] = field(default_factory=list)  # what was heard in epochs that are over
    dropped: set[str] = field(default_factory=set)  # client ids of messages that it did not say again

    def begin_anew(self, room_id: int, epoch: str) -> None:
        """All of the room is heard anew, from its beginning."""
        self.epoch = epoch
        self.past += self.heard.pop(room_id, [])
        self.began[room_id] = 0


@dataclass(frozen=True)
class Setback:
    """The database went back: to a backup of `backup_at` or later, at `swapped_at` or later."""

    backup_at: float
    swapped_at: float


@dataclass(frozen=True)
class Store:
    """What the database holds at the end, tombstones with what they were. The rest are the rooms' own columns."""

    messages: list[Message]
    last_seqs: dict[int, int]
    versions: dict[int, int]
    pinned: dict[int, int | None]


@dataclass
class OldJournal:
    """Of a listener on a v1 socket, to one room. `visits`: per connection the seqs and texts, as they came."""

    name: str
    room_id: int
    visits: list[list[tuple[int, str]]] = field(default_factory=list)
    is_open: bool = False  # the last of them

    def begin_anew(self) -> None:
        """What was heard on connections before this one was of another epoch."""
        del self.visits[: -1 if self.is_open else None]
