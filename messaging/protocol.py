"""The WebSocket protocol: every frame in and out, limits, close codes. Pure: structs, and structs to bytes.

The keys on the wire are the camelCase of the field names here. `decoding` makes frames of what clients send; what
the server does with them is in `consumers` and `server`.
"""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FRAME_MAX_BYTES = 32_768
REPLAY_MAX_CHANGES = 500  # beyond this, paging the history is kinder to both sides
UNACKNOWLEDGED_MAX = 64  # messages of one socket; then it is not read further
READ_FRAMES_MAX_MEMBERS = 100  # in larger rooms nobody looks at single read marks
BIGINT_MAX = 2**63 - 1


class CloseCode(IntEnum):
    NORMAL = 1000
    UNSUPPORTED_DATA = 1003
    TOO_LARGE = 1009
    SERVICE_RESTART = 1012
    UNAUTHENTICATED = 4401
    SHUT_OUT = 4403
    SLOW_READER = 4408
    TOO_MANY = 4429


# --- client to server ----------------------------------------------------------------------

Id = Annotated[int, Meta(ge=1, le=BIGINT_MAX)]
Count = Annotated[int, Meta(ge=0, le=BIGINT_MAX)]
RunId = Annotated[str, Meta(pattern="^[0-9a-fA-F-]{32,36}$")]  # a UUID, with its hyphens or without


class ClientFrame(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    id: Annotated[str, Meta(max_length=64)] | None = None


class Subscribe(ClientFrame, frozen=True, kw_only=True, tag="subscribe"):
    room_id: Id
    since: Count | None = None


class Unsubscribe(ClientFrame, frozen=True, kw_only=True, tag="unsubscribe"):
    room_id: Id


class Chat(ClientFrame, frozen=True, kw_only=True, tag="chat"):
    room_id: Id
    message: str
    client_id: str | None = None
    reply_to: Id | None = None


class Read(ClientFrame, frozen=True, kw_only=True, tag="read"):
    room_id: Id
    seq: Count


class Typing(ClientFrame, frozen=True, kw_only=True, tag="typing"):
    room_id: Id


class Ask(ClientFrame, frozen=True, kw_only=True, tag="ask"):
    room_id: Id
    message: str | None = None
    client_id: str | None = None


class Stop(ClientFrame, frozen=True, kw_only=True, tag="stop"):
    room_id: Id
    run_id: RunId


class Auth(ClientFrame, frozen=True, kw_only=True, tag="auth"):
    access: str


class Ping(ClientFrame, frozen=True, kw_only=True, tag="ping"):
    pass


AnyClientFrame = Subscribe | Unsubscribe | Chat | Read | Typing | Ask | Stop | Auth | Ping


# --- server to client ----------------------------------------------------------------------


class MessageObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as everybody sees it, on every surface. Times are wire times, `client_id` has its hyphens."""

    room_id: int
    seq: int
    version: int
    kind: Literal["member", "assistant", "notice"]
    sender_id: int | None
    nick_name: str
    message: str
    created_at: str
    client_id: str | None
    reply_to: int | None
    edited_at: str | None
    deleted_at: str | None


class ServerFrame(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", omit_defaults=True):
    """Fields with a default are left out where they have it."""


class Welcome(ServerFrame, frozen=True, kw_only=True, tag="welcome"):
    member_id: int
    nick_name: str
    expires_at: str
    limits: dict[str, int]


class Subscribed(ServerFrame, frozen=True, kw_only=True, tag="subscribed"):
    id: str | None = None
    room_id: int
    version: int
    last_seq: int
    read_seq: int
    recovered: bool


class Ack(ServerFrame, frozen=True, kw_only=True, tag="ack"):
    id: str | None = None
    room_id: int
    seq: int
    version: int
    client_id: str | None
    created_at: str
    duplicate: bool


class Ok(ServerFrame, frozen=True, kw_only=True, tag="ok"):
    id: str | None = None


class Pong(ServerFrame, frozen=True, kw_only=True, tag="pong"):
    id: str | None = None


class Refusal(ServerFrame, frozen=True, kw_only=True, tag="error"):
    id: str | None = None
    code: str
    message: str
    retry_after: float | None = None
    room_id: int | None = None


class MemberTyping(ServerFrame, frozen=True, kw_only=True, tag="typing"):
    room_id: int
    member_id: int
    nick_name: str


class MemberRead(ServerFrame, frozen=True, kw_only=True, tag="read"):
    room_id: int
    member_id: int
    seq: int


class MemberJoined(ServerFrame, frozen=True, kw_only=True, tag="joined"):
    room_id: int
    member_id: int
    nick_name: str


class MemberLeft(ServerFrame, frozen=True, kw_only=True, tag="left"):
    room_id: int
    member_id: int
    nick_name: str


class AssistantProgress(ServerFrame, frozen=True, kw_only=True, tag="assistant"):
    """How an answer comes. `run_id` is the `clientId` of the message that it becomes, if it becomes one.

    Of "writing", `text` belongs at `offset`, counted in code points as the limit of a message is: what a client
    shows is what it had up to there, and `text`. The first one that a subscriber hears has `offset` 0.
    """

    room_id: int
    run_id: str
    state: Literal["thinking", "writing", "done", "stopped", "failed", "blocked"]
    offset: int | None = None
    text: str | None = None
    asked_by: int | None = None


class Removed(ServerFrame, frozen=True, kw_only=True, tag="removed"):
    room_id: int
    reason: Literal["left", "removed", "deleted"]


class Bye(ServerFrame, frozen=True, kw_only=True, tag="bye"):
    reconnect_after: float


encode = msgspec.json.Encoder().encode


def encode_message(message: MessageObject) -> bytes:
    """The frame that tells of a message: `chat` for one nobody has touched since, `changed` for any other."""
    untouched = message.edited_at is None and message.deleted_at is None
    return (b'{"type":"chat",' if untouched else b'{"type":"changed",') + encode(message)[1:]


def wire_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def wire_time_of_epoch(seconds: int) -> str:
    return wire_time(datetime.fromtimestamp(seconds, UTC))
