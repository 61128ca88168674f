"""What the server sends about rooms that are kept: rules, acts on members, what is held, who may need help. Pure.

As `protocol`. None of these is ordered or replayed: each says how things stand, and REST says it again.
"""

from typing import Literal

import msgspec

from messaging.wire.protocol import Role, ServerFrame

Act = Literal["remove", "mute", "hide", "measure"]


class RoomRules(ServerFrame, frozen=True, kw_only=True, tag="room"):
    """How the room is kept now, and how this member stands in it; comes whenever any of it changes.

    Of the messages those before `first_seq` were too old and went: nothing shows them any more.
    """

    room_id: int
    owner_id: int | None
    manager_ids: tuple[int, ...]
    slow_seconds: int = 0
    read_only: bool = False
    joining: Literal["open", "code", "approval"] = "open"
    counselling: bool = False
    room_name: str = ""
    description: str = ""
    role: Role = "member"
    muted_until: str | None = None
    on_duty: bool = True
    first_seq: int = 1


class Sanctioned(ServerFrame, frozen=True, kw_only=True, tag="sanction"):
    """Something was done to this member, or ended (`lifted`). All sockets of the member hear it."""

    sanction_id: int
    room_id: int
    room_name: str
    act: Act
    by: Literal["manager", "owner", "staff"]
    reason: str
    seq: int | None = None
    until: str | None = None
    lifted: bool = False


class Held(ServerFrame, frozen=True, kw_only=True, tag="held"):
    """A message of this member that waited was released, with the number that it has now, or rejected."""

    held_id: int
    room_id: int
    client_id: str
    state: Literal["released", "rejected"]
    reason: str = ""
    seq: int | None = None


class Moderation(ServerFrame, frozen=True, kw_only=True, tag="moderation"):
    """To managers: how much waits for them in the room."""

    room_id: int
    held: int = 0
    cases: int = 0
    requests: int = 0
    concerns: int = 0


class Reported(ServerFrame, frozen=True, kw_only=True, tag="report"):
    """To whoever reported: it was decided. REST says the rest."""

    report_id: int
    outcome: str
    reason: str = ""


class HelpLineObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where people help. `number` is to be called or, by `kind`, written to; "" where there is none."""

    kind: Literal["call", "text"]
    name: str
    name_en: str
    number: str
    address: str
    hours: str
    hours_en: str
    checked_on: str


class CareCard(ServerFrame, frozen=True, kw_only=True, tag="care"):
    """To the author alone: there are people who help. Without `lines` `GET /v1/chat/me/care` names them."""

    room_id: int
    concern_id: int
    text: str = ""
    text_en: str = ""
    lines: tuple[HelpLineObject, ...] = ()


class ConcernRaised(ServerFrame, frozen=True, kw_only=True, tag="concern"):
    """To managers on duty: somebody may hurt themselves, or could not be looked at (`failure`)."""

    room_id: int
    concern_id: int
    source: Literal["words", "report", "assistant", "failure"]
    seq: int | None = None
    member_id: int | None = None


class OwnRoom(ServerFrame, frozen=True, kw_only=True, tag="mine"):
    """To one's own sockets: how the room stands in this member's own list now."""

    room_id: int
    pinned: bool
    hidden: bool
    unread: bool


class BlockedMembers(ServerFrame, frozen=True, kw_only=True, tag="blocked"):
    """To one's own sockets: whom this member blocks now, all of them."""

    member_ids: tuple[int, ...]
