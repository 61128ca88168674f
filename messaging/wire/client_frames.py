"""What clients send: every frame, as the struct that checks it. Pure.

The keys on the wire are the camelCase of the field names here. `decoding` makes frames of what clients send; what
the server does with them is in `consumers` and `server`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

BIGINT_MAX = 2**63 - 1
WATCHED_MAX = 200  # members by one socket

Id = Annotated[int, Meta(ge=1, le=BIGINT_MAX)]
Count = Annotated[int, Meta(ge=0, le=BIGINT_MAX)]
Epoch = Annotated[str, Meta(max_length=64)]  # as this server, or another one, said it
RunId = Annotated[str, Meta(pattern="^[0-9a-fA-F-]{32,36}$")]  # a UUID, with its hyphens or without
ReactionKey = Annotated[
    str, Meta(pattern="^[a-z0-9_+-]+$", max_length=32)
]  # which of them there are, a setting says
# `content` checks these, with a code and a sentence of their own; here they only say so to `asyncapi`
Words = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 4_000})]
Text = Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]  # "" beside files
ClientId = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-fA-F-]{32,36}$"})]
Reason = Annotated[str, Meta(max_length=WATCHED_MAX)]
WireTime = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]  # see wire.times
FileIds = Annotated[tuple[Id, ...], Meta(extra_json_schema={"maxItems": 10, "uniqueItems": True})]
MemberIds = Annotated[tuple[Id, ...], Meta(extra_json_schema={"maxItems": 50})]


class ClientFrame(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    id: Annotated[str, Meta(max_length=64)] | None = None


class Subscribe(ClientFrame, frozen=True, kw_only=True, tag="subscribe"):
    """Listen to a room. With `since`, a version of `epoch`, first comes what changed after it."""

    room_id: Id
    since: Count | None = None
    epoch: Epoch | None = None


class Unsubscribe(ClientFrame, frozen=True, kw_only=True, tag="unsubscribe"):
    """Stop listening to a room."""

    room_id: Id


class Chat(ClientFrame, frozen=True, kw_only=True, tag="chat"):
    """Say something in a room. The same `clientId` is one message, however often it is sent.

    `everyone` mentions all members; it is for managers. `attachments` are files that the member uploaded to the
    room; with some `message` may be empty. `assisted` says that the assistant drafted it.
    """

    room_id: Id
    message: Text
    client_id: ClientId | None = None
    reply_to: Id | None = None
    mentions: MemberIds = ()
    everyone: bool = False
    attachments: FileIds = ()
    assisted: bool = False


class Edit(ClientFrame, frozen=True, kw_only=True, tag="edit"):
    """Give one's own message another text; without `mentions` and `everyone` those stay as they are.

    Its files stay; where it has some, `message` may be empty. So does `assisted`, which can only be added.
    """

    room_id: Id
    seq: Id
    message: Text
    mentions: MemberIds | None = None
    everyone: bool | None = None
    assisted: bool = False


class Delete(ClientFrame, frozen=True, kw_only=True, tag="delete"):
    """Delete a message: one's own, and managers any. Its number stays."""

    room_id: Id
    seq: Id


class React(ClientFrame, frozen=True, kw_only=True, tag="react"):
    """Add one's reaction to a message, or with `on` false take it back."""

    room_id: Id
    seq: Id
    key: ReactionKey
    on: bool = True


class Pin(ClientFrame, frozen=True, kw_only=True, tag="pin"):
    """Make a message the room's notice in place of any other, or with `on` false take it down."""

    room_id: Id
    seq: Id
    on: bool = True


class Hide(ClientFrame, frozen=True, kw_only=True, tag="hide"):
    """Hide a message from all but managers, until then or until it is shown again; with `on` false show it."""

    room_id: Id
    seq: Id
    on: bool = True
    reason: Reason = ""
    until: WireTime | None = None


class Mute(ClientFrame, frozen=True, kw_only=True, tag="mute"):
    """A member says nothing in the room until then: 10 minutes to 28 days from now."""

    room_id: Id
    member_id: Id
    until: WireTime
    reason: Reason


class Remove(ClientFrame, frozen=True, kw_only=True, tag="remove"):
    """Take a member out of the room and keep them out, until then or until it is lifted.

    With `hideHours` what they said in the last hours is hidden as well.
    """

    room_id: Id
    member_id: Id
    reason: Reason
    until: WireTime | None = None
    hide_hours: Annotated[int, Meta(ge=0, le=24)] = 0


class Lift(ClientFrame, frozen=True, kw_only=True, tag="lift"):
    """End a member's mute, or let them come in again."""

    room_id: Id
    member_id: Id
    act: Literal["mute", "remove"]
    reason: Reason = ""


class SetRole(ClientFrame, frozen=True, kw_only=True, tag="role"):
    """Make a member a manager or a member again; `owner` hands the room over."""

    room_id: Id
    member_id: Id
    role: Literal["owner", "manager", "member"]


class SetRules(ClientFrame, frozen=True, kw_only=True, tag="rules"):
    """Change the room's rules; what is left out stays as it is."""

    room_id: Id
    slow_seconds: Annotated[int, Meta(ge=0, le=3_600)] | None = None
    read_only: bool | None = None
    joining: Literal["open", "code", "approval"] | None = None
    room_name: Annotated[str, Meta(max_length=200)] | None = None  # spaces around it are cut off
    description: Annotated[str, Meta(max_length=400)] | None = None


class Read(ClientFrame, frozen=True, kw_only=True, tag="read"):
    """The member has read the room up to here."""

    room_id: Id
    seq: Count


class Typing(ClientFrame, frozen=True, kw_only=True, tag="typing"):
    """The member is typing. Send it again every 3 s at most."""

    room_id: Id


class Look(ClientFrame, frozen=True, kw_only=True, tag="look"):
    """Somebody looks at this client now, or does no more. Not answered."""

    on: bool


class Watch(ClientFrame, frozen=True, kw_only=True, tag="watch"):
    """Be told when these members come online and go, in place of those of the frame before."""

    member_ids: Annotated[tuple[Id, ...], Meta(max_length=200)]


class Inbox(ClientFrame, frozen=True, kw_only=True, tag="inbox"):
    """Hear of all rooms of the member without listening to each, or with `on` false no more."""

    on: bool


class Ask(ClientFrame, frozen=True, kw_only=True, tag="ask"):
    """Say `message` and have the assistant answer in the room; without a message, answer the newest one."""

    room_id: Id
    message: Words | None = None
    client_id: ClientId | None = None
    mentions: MemberIds = ()
    everyone: bool = False
    assisted: bool = False


class Stop(ClientFrame, frozen=True, kw_only=True, tag="stop"):
    """Stop that answer: for who asked for it, and for moderators of the room."""

    room_id: Id
    run_id: RunId


class Auth(ClientFrame, frozen=True, kw_only=True, tag="auth"):
    """A fresh token of the same member, before the socket's own expires."""

    access: str


class Ping(ClientFrame, frozen=True, kw_only=True, tag="ping"):
    """Is the server there? Browsers cannot send a WebSocket ping of their own."""


AnyClientFrame = (
    Subscribe
    | Unsubscribe
    | Chat
    | Edit
    | Delete
    | React
    | Pin
    | Hide
    | Mute
    | Remove
    | Lift
    | SetRole
    | SetRules
    | Read
    | Typing
    | Look
    | Watch
    | Inbox
    | Ask
    | Stop
    | Auth
    | Ping
)
