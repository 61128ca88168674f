"""What one process asks all others about a message and a member, and what they answer. Pure."""

from typing import Literal

import msgspec

from messaging.delivery.diary import Announced, LetOut

# live: it listened to the room when it went out; replay: it came later and was handed what it had missed; inbox:
# its list of rooms was told how far the room is; history: it came later and said nothing of what it knew, so it
# reads the history; known: it said that it knew that far; maybe: more than is remembered; "": not handed
Handed = Literal["live", "replay", "inbox", "history", "known", "maybe", ""]
TOLD: tuple[Handed, ...] = ("live", "replay", "known")


class Question(msgspec.Struct, frozen=True, kw_only=True, tag="question"):
    question_id: str
    room_id: int
    seq: int
    version: int  # of the message's last change, as the database has it
    member_id: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """A room that is heard of at the process."""

    version: int | None  # the last that went out
    started_at: int
    waiting: int  # changes that wait for one before them
    lacks: Literal["changes", "roster", ""]
    listeners: int
    inboxes: int


class Socket(msgspec.Struct, frozen=True, kw_only=True):
    """One of the member's, open or ended. Times are seconds since 1970."""

    number: int
    came_at: float | None  # None: before what is remembered
    went_at: float | None = None
    closed_with: int | None = None  # our close code; None: open, or closed by the client
    is_v1: bool = False
    place: Literal["listens", "joins", "inbox", ""] = ""
    known: int | None = None  # the version that it has of the room; None where it does not hear of it
    unsent_bytes: int = 0
    may_wait: bool = False  # what it was handed may still be among them
    looks: bool | None = None
    quiet_s: float | None = None  # since it did anything; None: never, or unknown
    handed: Handed = ""
    handed_at: float | None = None


class Notified(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the notification of it. `what` is of `messaging.push.notes`."""

    at: float
    what: str
    detail: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    question_id: str
    process: str
    remembers_since: float
    announced: Announced | None = None
    let_out: LetOut | None = None
    stream: Stream | None = None
    sockets: tuple[Socket, ...] = ()
    notified: tuple[Notified, ...] = ()
    company: dict[str, float] = {}  # how many seconds ago it heard each other process
    is_layer_up: bool = True


Word = Question | Answer

write_word = msgspec.msgpack.Encoder().encode
read_word = msgspec.msgpack.Decoder(Word).decode
