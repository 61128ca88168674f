"""What members do to messages that were said, and what there is to know to do it. Pure.

`judging` has the rules; `changes` reads what they need, under the room's lock, and writes what they leave.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chatproject.tokens import Caller
from messaging.moderation.screening import Verdict
from messaging.moderation.signals import Signal
from messaging.store.file_statements import FileRow
from messaging.store.objects import MessageColumns
from messaging.store.places import Place
from messaging.wire.client_frames import Delete, Edit, Hide, Pin, React
from messaging.wire.marks import LinkPreview, Marks
from messaging.wire.times import moment_of
from rooms.models import Member
from rooms.moderation import rights
from rooms.moderation.rights import Rank

REACTIONS_TOLD_EVERY = timedelta(seconds=0.2)  # of one message: a storm is told five times a second

ReactionKey = tuple[int, str, int]  # message id, key, member


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """By `member_id`, None for staff on the admin's pages. `is_admin`: a moderator, by the token."""

    room_id: int
    seq: int
    member_id: int | None
    is_admin: bool = False
    staff_id: int | None = None  # of staff, whose `member_id` is None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAct(Act):
    """Who is mentioned stays as it was where `mentions` or `everyone` is None."""

    contents: str
    mentions: tuple[int, ...] | None = None
    everyone: bool | None = None
    verdict: Verdict | None = None  # as of a Draft
    signal: Signal | None = None  # as of a Draft
    assisted: bool = False  # as of a Draft; an edit takes that back from no message


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAct(Act):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactAct(Act):
    key: str
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PinAct(Act):
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HideAct(Act):
    """Hide the message from all but managers, or with `on` false show it again to everyone.

    By nobody (`member_id` None) it is staff's, or, `is_due`, the clock's: an end that came. What is shown again is
    what who acts may lift, or that one sanction. A `measure` (임시조치) is staff's, and ends within 30 days.
    """

    on: bool = True
    kind: Literal["hide", "measure"] = "hide"
    reason: str = ""  # required for hiding
    until: datetime | None = None
    case_id: int | None = None
    sanction_id: int | None = None
    is_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesAct(Act):
    """Have the message say of its files what their rows say. The server's own: nothing that a member did."""

    member_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAct(Act):
    """Show what a page says that the message links to, or None: nothing. The server's own.

    The page's picture is the message's from then on; where it is not shown, also by a refusal, it ends.
    """

    preview: LinkPreview | None
    member_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAct(Act):
    """Take an erased member out of the message. The server's own, and no rank stops it.

    Of what they said, or the assistant answered them (`is_theirs`), an empty tombstone stays; from what others
    said their reactions go, and the mentions of them.
    """

    erased_id: int
    is_theirs: bool
    member_id: int | None = None


def act_of(frame: Edit | Delete | React | Pin | Hide, *, caller: Caller) -> Act:
    """What the frame asks for, in the caller's name. Raises InvalidInput where an end is no time."""
    who: dict[str, Any] = {
        "room_id": frame.room_id,
        "seq": frame.seq,
        "member_id": caller.member_id,
        "is_admin": caller.role == Member.Role.ADMIN,
    }
    match frame:
        case Edit():
            return EditAct(
                contents=frame.message,
                mentions=frame.mentions,
                everyone=frame.everyone,
                assisted=frame.assisted,
                **who,
            )
        case Delete():
            return DeleteAct(**who)
        case React():
            return ReactAct(key=frame.key, on=frame.on, **who)
        case Pin():
            return PinAct(on=frame.on, **who)
        case Hide():
            until = None if frame.until is None else moment_of(frame.until)
            return HideAct(on=frame.on, reason=frame.reason, until=until, **who)


@dataclass(frozen=True, slots=True)
class Later:
    """A reaction that was not stored: its message's reactions were told just now. Again after so many seconds."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say. Nobody edits or deletes within a time of 0."""

    edit_within: timedelta
    delete_within: timedelta
    reaction_keys: Collection[str]


@dataclass(slots=True, kw_only=True)
class RoomScene:
    """What the rules ask of a room.

    `members` are those of the acting, and of the mentioned, that are in it; `places` the places of the acting;
    `author_ranks` the ranks of those whose messages others delete or hide.
    """

    room_id: int
    is_group_chat: bool
    pinned_seq: int | None
    name: str | None = None
    keeps_files: int | None = None
    members: set[int] = field(default_factory=set)
    places: dict[int, Place] = field(default_factory=dict)
    author_ranks: dict[int, Rank] = field(default_factory=dict)

    def rank_of(self, act: Act) -> Rank:
        """Of who acts: by their token, and staff above all."""
        if act.member_id is None:
            return Rank.STAFF
        place = self.places.get(act.member_id)
        return rights.rank_of(place.role if place else None, is_admin=act.is_admin)


@dataclass(slots=True, kw_only=True)
class Hiding:
    """What hides a message: a sanction of the kinds `hide` and `measure`. `sanction_id` None: not stored yet.

    A message is hidden while any of them holds, one of each kind at most. `lift` is what this batch ends it by.
    """

    room_id: int
    seq: int
    kind: Literal["hide", "measure"]
    member_id: int | None  # whose message it is
    reason: str
    rank: int
    until: datetime | None
    imposed_by_id: int | None = None
    staff_id: int | None = None
    case_id: int | None = None
    sanction_id: int | None = None
    lift: HideAct | None = None


class Target:
    """A message that is acted on: as it was read, and as the acts leave it."""

    def __init__(self, message_id: int, updated_at: datetime, row: MessageColumns, marks: Marks) -> None:
        self.message_id, self.updated_at = message_id, updated_at
        self.before, self.told_before = row, marks
        self.row, self.marks = row, marks
        self.reactors: set[ReactionKey] = set()  # of those that the acts name, who reacted so before
        self.toggled: dict[ReactionKey, bool] = {}
        self.is_paced = False  # a reaction to it waits, so those behind it wait too
        self.hidings: list[Hiding] = []  # that hold; read where an act is about them
        self.files: dict[int, FileRow] = {}  # read likewise
        self.is_erased = False
        self.forgotten: set[int] = set()  # members whose reactions to it go

    @property
    def is_hidden(self) -> bool:
        return self.row.hidden_at is not None

    @property
    def has_another_text(self) -> bool:
        """Whether anybody reads something else there now, or finds it by another word."""
        return _read_of(self.row, self.marks) != _read_of(self.before, self.told_before)

    @property
    def is_changed(self) -> bool:
        return (self.row, self.marks) != (self.before, self.told_before)


def _read_of(row: MessageColumns, marks: Marks) -> tuple[Any, ...]:
    return row.contents, row.deleted_at, row.hidden_at, *(one.name for one in marks.attachments)


@dataclass(slots=True)
class Pinning:
    """One line of a room's history of notices: pinned now, or, with `on` False, no longer."""

    room_id: int
    seq: int
    member_id: int | None
    on: bool
