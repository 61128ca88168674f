"""The WebSocket protocol: what the server sends, limits, close codes. Pure: structs, and structs to bytes.

The keys on the wire are the camelCase of the field names here. What clients send is in `client_frames`; what the
server sends about keeping rooms is in `room_frames`.
"""

from enum import IntEnum
from typing import Literal

import msgspec

from messaging.wire.marks import Attachment, DeletedBy, LinkPreview, Reaction

Role = Literal["owner", "manager", "member"]

FRAME_MAX_BYTES = 65_536  # a message of 4,000 characters takes 48,000 where each is two escapes like \ud83c
REPLAY_MAX_CHANGES = 500  # beyond this, paging the history is kinder to both sides
UNACKNOWLEDGED_MAX = 64  # messages of one socket; then it is not read further
READ_FRAMES_MAX_MEMBERS = 300  # in larger rooms nobody looks at single read marks


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


class MessageObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A message as everybody sees it, on every surface. Times are wire times, `client_id` has its hyphens.

    Fields with a default are those of `marks`; they are left out where they have it.
    """

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
    reactions: tuple[Reaction, ...] = ()
    mentions: tuple[int, ...] = ()
    everyone: bool = False
    pinned_at: str | None = None
    deleted_by: DeletedBy | None = None
    hidden_at: str | None = None
    model: str = ""  # which one wrote it; of kind "assistant" alone, and not known of all
    assisted: bool = False  # a member sent it, and the assistant drafted it
    attachments: tuple[Attachment, ...] = ()  # these two are the last: see `file_words.for_v1`
    preview: LinkPreview | None = None


class ServerFrame(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", omit_defaults=True):
    """Fields with a default are left out where they have it."""


class Welcome(ServerFrame, frozen=True, kw_only=True, tag="welcome"):
    """The first frame: who the socket is, until when, what it may send. `reactions` are the keys of `react`.

    `push`: the key by which browsers ask to be notified; absent where nobody is. `epoch`: as in `subscribed`.
    """

    member_id: int
    nick_name: str
    expires_at: str
    limits: dict[str, int]
    assistant: bool  # whether there is one that may be asked
    reactions: tuple[str, ...] = ()
    push: str | None = None
    epoch: str = ""


class Subscribed(ServerFrame, frozen=True, kw_only=True, tag="subscribed"):
    """The room as it is now. `recovered`: every change after `since` follows; else page the history. `epoch`: in
    which versions and seqs count. `pinned`: the room's notice. The last five are as in `room`.
    """

    id: str | None = None
    room_id: int
    version: int
    last_seq: int
    read_seq: int
    recovered: bool
    epoch: str = ""
    pinned: int | None = None
    role: Role = "member"
    slow_seconds: int = 0
    read_only: bool = False
    muted_until: str | None = None
    first_seq: int = 1


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
    """Done, and committed. `version` is that of the message to which it was done, as it is now."""

    id: str | None = None
    version: int | None = None


class Pong(ServerFrame, frozen=True, kw_only=True, tag="pong"):
    id: str | None = None


class Refusal(ServerFrame, frozen=True, kw_only=True, tag="error"):
    """Not done; programs go by `code`, people by `message`. Waiting `retryAfter` seconds helps, where given."""

    id: str | None = None
    code: str
    message: str
    retry_after: float | None = None
    room_id: int | None = None
    held_id: int | None = None  # of E-MO006


class MemberTyping(ServerFrame, frozen=True, kw_only=True, tag="typing"):
    """A member is typing. Neither ordered nor replayed."""

    room_id: int
    member_id: int
    nick_name: str


class MemberRead(ServerFrame, frozen=True, kw_only=True, tag="read"):
    """A member has read up to here; told in rooms of at most 300 members."""

    room_id: int
    member_id: int
    seq: int


class MemberPresence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether a member has a socket anywhere, and when they were seen last: to the minute, None where unknown."""

    member_id: int
    online: bool
    last_seen_at: str | None = None


class Presence(ServerFrame, frozen=True, kw_only=True, tag="presence"):
    """Members that this client watches: how it is after `watch`, then whoever came online or went."""

    members: tuple[MemberPresence, ...]


class MemberJoined(ServerFrame, frozen=True, kw_only=True, tag="joined"):
    """A member came into the room. All sockets of that member hear it too, whether they listen to it or not.

    What was said up to `seq` counts as read by them.
    """

    room_id: int
    member_id: int
    nick_name: str
    seq: int


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
    """This member is no longer in the room; nothing more of it comes. Where staff deleted it, it says why."""

    room_id: int
    reason: Literal["left", "removed", "deleted"]
    room_name: str = ""
    why: str = ""


class InboxNews(ServerFrame, frozen=True, kw_only=True, tag="inbox"):
    """What is new in a room of the member, to sockets that asked by `inbox`: how far the room is, and what came or
    changed; or how far this member has read it, with the mentions behind that where messages are left unread.
    """

    room_id: int
    last_seq: int
    read_seq: int | None = None
    mention_count: int | None = None
    messages: tuple[MessageObject, ...] = ()


class Bye(ServerFrame, frozen=True, kw_only=True, tag="bye"):
    """The server is about to close for a restart. Come back after so many seconds."""

    reconnect_after: float


def stands(message: MessageObject) -> bool:
    """Whether it still says what it said: it is neither deleted nor hidden."""
    return message.deleted_at is None and message.hidden_at is None


encode = msgspec.json.Encoder().encode


def message_frame(message: bytes, *, is_new: bool) -> bytes:
    """The frame that tells of a message, from its JSON: `chat` of one that was not told yet, else `changed`."""
    return (b'{"type":"chat",' if is_new else b'{"type":"changed",') + message[1:]


def encode_message(message: MessageObject) -> bytes:
    """The frame of a replay: `chat` for a message that nobody has touched since, `changed` for any other.

    Whether a file that is ready was so at once, nothing tells: it counts as touched.
    """
    touched = not stands(message) or message.edited_at or message.reactions or message.pinned_at or message.preview
    is_checked = message.attachments and any(one.state != "checking" for one in message.attachments)
    return message_frame(encode(message), is_new=not (touched or is_checked))
