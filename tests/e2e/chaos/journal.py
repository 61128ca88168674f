"""What one client did and saw, in the order in which it happened there. Every `at` is in monotonic seconds."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple


class Message(NamedTuple):
    """A message as a client hears it and as the database keeps it: both must be the same."""

    room_id: int
    seq: int
    version: int
    sender_id: int
    client_id: str  # 32 hexadecimal digits
    text: str


class Said(NamedTuple):
    """The first time that a client sent a message; repeats are not written down."""

    at: float
    room_id: int
    client_id: str


class Acknowledged(NamedTuple):
    at: float
    room_id: int
    client_id: str
    seq: int
    version: int
    server: str  # the address that the client was connected to


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
    acknowledged: list[Acknowledged] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    heard: defaultdict[int, list[Heard]] = field(default_factory=lambda: defaultdict(list))  # by room
    uncalled: list[Heard] = field(
        default_factory=list
    )  # what came on a socket that was not subscribed to its room
    began: dict[int, int] = field(default_factory=dict)  # by room: its version at the first subscription
    departed: dict[int, Departure] = field(default_factory=dict)  # by room
    closed: list[Closed] = field(default_factory=list)


@dataclass(frozen=True)
class Store:
    """What the database holds at the end. `last_seqs` are the rooms' own counters."""

    messages: list[Message]
    last_seqs: dict[int, int]
