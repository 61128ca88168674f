"""What one process tells the others about a room. Pure; how it gets there is in `relay`."""

from typing import Literal

import msgspec

from messaging.delivery.streams import Change
from messaging.wire.protocol import MemberJoined, MemberLeft, Removed, encode
from rooms.deleted_rooms import Deleted
from rooms.services import RosterChange

_FOR_EVERY_PROCESS = frozenset(
    ("assistant", "members", "screens", "concerns", "endpoints", "revoked", "close", "presence", "epoch", "why")
)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Of `kind` "changes", "tell" (an ephemeral frame), "reads", "roster" (who came or went), "assistant", "rules"
    (how the room is kept), "deleted" (the room is gone), "members" (a frame for some members, wherever they are);
    "screens" (what is looked for in texts), "concerns" (somebody may need help), "endpoints" (who is told of what
    happens), "revoked" (tokens), "close" (sockets of some members), "presence" (who came online and went), "epoch"
    (another one began). The last eight are of no room: 0. "why": what `messaging.inquiry` asks and answers about a
    message of the room."""

    room_id: int
    kind: Literal[
        "changes",
        "tell",
        "reads",
        "roster",
        "assistant",
        "rules",
        "deleted",
        "members",
        "screens",
        "concerns",
        "endpoints",
        "revoked",
        "close",
        "presence",
        "epoch",
        "why",
    ]
    changes: tuple[Change, ...] = ()
    epoch: str = ""  # of "changes": in which they were made; "" from a build that does not say
    # of "deleted": the frame for who is out
    # of "tell" and "roster": the frame for the listeners; of "members": for these; else words of its kind's own
    text: bytes = b""
    except_member_id: int | None = None  # of "tell"
    marks: dict[int, int] = {}  # of "reads": how far by member
    are_for_members_alone: bool = False  # of "reads"
    member_ids: tuple[int, ...] = ()  # of "members" and "close"
    roster_version: int = 0  # of "roster" and "rules"
    joined_member_id: int | None = None  # of "roster": who came; None for a leaving
    joined_seq: int | None = None  # of "roster": how far who came has read; None for a leaving
    left_member_id: int | None = None  # of "roster": who is out; None for a joining
    removal: bytes = b""  # of "roster": the frame for who is out
    parents: dict[int, str] = {}  # of "changes": the spans of those that are sampled, by version

    @property
    def member_id(self) -> int:
        """Of "roster": who came or went."""
        member_id = self.joined_member_id if self.left_member_id is None else self.left_member_id
        assert member_id is not None
        return member_id

    @property
    def is_for_every_process(self) -> bool:
        """Whether it is taken also where nobody listens to the room: an answer may be under way there, or a socket
        of who came, or is meant, be open."""
        return self.kind in _FOR_EVERY_PROCESS or self.joined_member_id is not None


def deletion(room_id: int, deleted: Deleted | None) -> bytes:
    """The frame for who was in a room that is gone; None: not by staff."""
    said = deleted or Deleted("", "")
    return encode(Removed(room_id=room_id, reason="deleted", room_name=said.room_name, why=said.why))


def joined_notice(change: RosterChange) -> Notice:
    joined = MemberJoined(
        room_id=change.room_id, member_id=change.member_id, nick_name=change.nickname, seq=change.last_seq
    )
    return Notice(
        room_id=change.room_id,
        kind="roster",
        roster_version=change.roster_version,
        joined_member_id=change.member_id,
        joined_seq=change.last_seq,
        text=encode(joined),
    )


def left_notice(change: RosterChange) -> Notice:
    left = MemberLeft(room_id=change.room_id, member_id=change.member_id, nick_name=change.nickname)
    return Notice(
        room_id=change.room_id,
        kind="roster",
        roster_version=change.roster_version,
        left_member_id=change.member_id,
        text=encode(left),
        removal=encode(Removed(room_id=change.room_id, reason="removed" if change.was_removed else "left")),
    )
