"""The WebSocket protocol: every frame in and out, limits, close codes. Pure: structs, and structs to bytes.

The keys on the wire are the camelCase of the field names here. `decoding` makes frames of what clients send; what
the server does with them is in `consumers` and `server`.
"""

from enum import IntEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FRAME_MAX_BYTES = 65_536  # a message of 4,000 characters takes 48,000 where each is two escapes like \ud83c
REPLAY_MAX_CHANGES = 500  # beyond this, paging the history is kinder to both sides
UNACKNOWLEDGED_MAX = 64  # messages of one socket; then it is not read further
READ_FRAMES_MAX_MEMBERS = 100  # in larger rooms nobody looks at single read marks
BIGINT_MAX = 2**63 - 1


class CloseCode(IntEnum):
    NORMAL = 1000
    UNSUPPORTED_DATA = 1003
    NOT_UTF8 = 1007  # by the WebSocket library, before a frame is ours
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
# `content` checks these two, with a code and a sentence of their own; here they only say so to `asyncapi`
Words = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 4_000})]
ClientId = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-fA-F-]{32,36}$"})]


class ClientFrame(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    id: Annotated[str, Meta(max_length=64)] | None = None


class Subscribe(ClientFrame, frozen=True, kw_only=True, tag="subscribe"):
    """Listen to a room. With `since`, a version, first comes what changed after it."""

    room_id: Id
    since: Count | None = None


class Unsubscribe(ClientFrame, frozen=True, kw_only=True, tag="unsubscribe"):
    """Stop listening to a room."""

    room_id: Id


class Chat(ClientFrame, frozen=True, kw_only=True, tag="chat"):
    """Say something in a room. The same `clientId` is one message, however often it is sent."""

    room_id: Id
    message: Words
    client_id: ClientId | None = None
    reply_to: Id | None = None


class Read(ClientFrame, frozen=True, kw_only=True, tag="read"):
    """The member has read the room up to here."""

    room_id: Id
    seq: Count


class Typing(ClientFrame, frozen=True, kw_only=True, tag="typing"):
    """The member is typing. Send it again every 3 s at most."""

    room_id: Id


class Ask(ClientFrame, frozen=True, kw_only=True, tag="ask"):
    """Say `message` and have the assistant answer in the room; without a message, answer the newest one."""

    room_id: Id
    message: Words | None = None
    client_id: ClientId | None = None


class Stop(ClientFrame, frozen=True, kw_only=True, tag="stop"):
    """Stop that answer: for who asked for it, and for moderators of the room."""

    room_id: Id
    run_id: RunId


class Auth(ClientFrame, frozen=True, kw_only=True, tag="auth"):
    """A fresh token of the same member, before the socket's own expires."""

    access: str


class Ping(ClientFrame, frozen=True, kw_only=True, tag="ping"):
    """Is the server there? Browsers cannot send a WebSocket ping of their own."""


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
    """The first frame: who the socket is, until when, and what it may send."""

    member_id: int
    nick_name: str
    expires_at: str
    limits: dict[str, int]


class Subscribed(ServerFrame, frozen=True, kw_only=True, tag="subscribed"):
    """The room as it is now. `recovered`: every change after `since` follows; else page the history."""

    id: str | None = None
    room_id: int
    version: int
    last_seq: int
    read_seq: int
    recovered: bool


class Ack(ServerFrame, frozen=True, kw_only=True, tag="ack"):
    """The message is committed. `duplicate`: it was before, and these are its first numbers."""

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
    """Not done; programs go by `code`, people by `message`. Waiting `retryAfter` seconds helps, where given."""

    id: str | None = None
    code: str
    message: str
    retry_after: float | None = None
    room_id: int | None = None


class MemberTyping(ServerFrame, frozen=True, kw_only=True, tag="typing"):
    """A member is typing. Neither ordered nor replayed."""

    room_id: int
    member_id: int
    nick_name: str


class MemberRead(ServerFrame, frozen=True, kw_only=True, tag="read"):
    """A member has read up to here; told in rooms of at most 100 members."""

    room_id: int
    member_id: int
    seq: int


class MemberJoined(ServerFrame, frozen=True, kw_only=True, tag="joined"):
    """A member came into the room. All sockets of that member hear it too, whether they listen to it or not."""

    room_id: int
    member_id: int
    nick_name: str


class MemberLeft(ServerFrame, frozen=True, kw_only=True, tag="left"):
    """A member left the room."""

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
    """This member is no longer in the room; nothing more of it comes."""

    room_id: int
    reason: Literal["left", "removed", "deleted"]


class Bye(ServerFrame, frozen=True, kw_only=True, tag="bye"):
    """The server is about to close for a restart. Come back after so many seconds."""

    reconnect_after: float


encode = msgspec.json.Encoder().encode


def encode_message(message: MessageObject) -> bytes:
    """The frame that tells of a message: `chat` for one nobody has touched since, `changed` for any other."""
    untouched = message.edited_at is None and message.deleted_at is None
    return (b'{"type":"chat",' if untouched else b'{"type":"changed",') + encode(message)[1:]
