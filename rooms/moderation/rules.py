"""The rules of a group room: slow mode, read-only, how one comes in, its name and description.

Who sets them, and what is shown of them.

What they forbid is refused where it is written: speaking in `messaging.store`, coming in in `joining`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, RoomNotFound
from chatproject.room_errors import RankTooLow
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room, move_roster
from rooms.models import Participant, Room
from rooms.moderation import audit, rights
from rooms.moderation.join_codes import make_code
from rooms.moderation.ranks import Acting, require_right, standing
from rooms.moderation.renaming import call_otherwise
from rooms.moderation.rights import Act, Rank
from rooms.moderation.roles import mend_ownership
from rooms.names import clean_description, clean_room_name

SLOW_MAX_S = 3_600
KEEPS_FILES_MAX_DAYS = 36_500
KEEPS_MESSAGES_MAX_DAYS = 32_767
AS_SITE = -1  # for `keeps_files` and `keeps_messages`: as the settings say

# not the owner: who may have the room forget within a day what was said there takes the evidence away, too
STAFF_SET = {"is_counselling", "keeps_files", "keeps_messages"}

Role = Participant.Role


@dataclass(frozen=True, slots=True)
class Rules:
    """What is to be set; None stays as it is. `slow_s`: seconds between two messages of a member, 0: none."""

    slow_s: int | None = None
    is_read_only: bool | None = None
    joining: str | None = None
    is_counselling: bool | None = None  # staff set it
    allows_previews: bool | None = None  # texts in notifications
    keeps_files: int | None = None  # days, 0: for as long as their messages, or AS_SITE; staff set it
    keeps_messages: int | None = None  # days, 0: for good, or AS_SITE; staff set it
    name: str | None = None  # the owner sets it
    description: str | None = None

    def changes_of(self, room: Room) -> dict[str, Any]:
        """What differs in the room, by the names of its fields. Raises InvalidInput."""
        if self.slow_s is not None and not 0 <= self.slow_s <= SLOW_MAX_S:
            raise InvalidInput(_("slowSeconds is at most %(most)s.") % {"most": SLOW_MAX_S})
        if self.joining is not None and self.joining not in Room.Joining.values:
            raise InvalidInput(_("joining must be one of %(ways)s.") % {"ways": ", ".join(Room.Joining.values)})
        if self.keeps_files is not None and not AS_SITE <= self.keeps_files <= KEEPS_FILES_MAX_DAYS:
            raise InvalidInput(_("Files are kept for at most %(most)s days.") % {"most": KEEPS_FILES_MAX_DAYS})
        if self.keeps_messages is not None and not AS_SITE <= self.keeps_messages <= KEEPS_MESSAGES_MAX_DAYS:
            raise InvalidInput(
                _("Messages are kept for at most %(most)s days.") % {"most": KEEPS_MESSAGES_MAX_DAYS}
            )
        asked = {name: getattr(self, name) for name in self.__slots__}
        wanted = {name: value for name, value in asked.items() if value is not None}
        if self.name is not None:
            wanted["name"] = clean_room_name(self.name)
        if self.description is not None:
            wanted["description"] = clean_description(self.description)
        wanted |= {name: None for name in ("keeps_files", "keeps_messages") if wanted.get(name) == AS_SITE}
        return {name: value for name, value in wanted.items() if value != getattr(room, name)}


@dataclass(frozen=True, slots=True)
class Personal:
    """What a room's rules are for one of its members."""

    role: str
    muted_until: datetime | None
    on_duty: bool


@dataclass(frozen=True, slots=True)
class RoomRules:
    """A room as its rules stand. `personal` is by member, of those asked for who are there."""

    room: Room
    owner_id: int | None
    manager_ids: tuple[int, ...]
    personal: dict[int, Personal]

    @property
    def is_orphaned(self) -> bool:
        """Whether its owner went with their user, and nobody followed yet."""
        return self.room.is_owned and self.owner_id is None


@dataclass(frozen=True, slots=True)
class ShownRoom:
    """A room as the caller is shown it. `personal` is None for an ADMIN who is not in it, the code for members.

    `mended` is the room's roster version where looking at it gave it an owner.
    """

    rules: RoomRules
    personal: Personal | None
    join_code: str | None
    mended: int | None


# --- setting them


@in_one_transaction
def set_rules(*, room_id: int, rules: Rules, by: Caller | Acting, now: datetime) -> int | None:
    """Returns the room's roster version after it, None where nothing differs.

    A room that is closed with a code and has none gets one. Raises RoomNotFound, NotGroupRoom, NotInRoom,
    ManagersOnly, RankTooLow, InvalidInput, RoomNameTaken.
    """
    room = lock_room(room_id)
    acting = require_right(Act.SET_RULES, room=room, by=by)
    changes = rules.changes_of(room)
    if STAFF_SET & changes.keys() and acting.rank < Rank.STAFF:
        raise RankTooLow
    if "name" in changes:
        rights.require(Act.RENAME, acting.rank)
    if not changes:
        return None
    before = {name: getattr(room, name) for name in changes}
    if changes.get("joining") == Room.Joining.CODE and not room.join_code:
        changes["join_code"] = make_code()
    if "name" in changes:
        call_otherwise(room, changes["name"])
    for name, value in changes.items():
        setattr(room, name, value)
    room.save(update_fields=list(changes))
    details = {name: [str(value), str(changes[name])] for name, value in before.items()}
    renamed = {"name": details.pop("name")} if "name" in details else {}
    deeds = {"room_renamed": renamed, "rules": details}
    audit.record(
        *(
            audit.Deed(room_id=room_id, act=act, by=acting.logged, at=now, details=said)
            for act, said in deeds.items()
            if said
        )
    )
    return move_roster(room)


@in_one_transaction
def renew_code(*, room_id: int, by: Caller | Acting, now: datetime) -> str:
    """A new join code for the room; the one before it opens nothing any more. Raises as `set_rules`."""
    room = lock_room(room_id)
    acting = require_right(Act.SET_RULES, room=room, by=by)
    room.join_code = make_code()
    room.save(update_fields=["join_code"])
    audit.record(audit.Deed(room_id=room_id, act="join_code", by=acting.logged, at=now))
    return room.join_code


# --- showing them


def room_rules(*, room_id: int, member_ids: Collection[int]) -> RoomRules | None:
    """The room's rules, for these members too; None where the room is gone. Three queries for all."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return None
    places = Participant.objects.filter(room_id=room_id)
    kept_by = list(places.exclude(role=Role.MEMBER).order_by("participant_id").values_list("role", "member_id"))
    own = places.filter(member_id__in=member_ids).only("member_id", "role", "muted_until", "on_duty")
    return RoomRules(
        room=room,
        owner_id=next((member_id for role, member_id in kept_by if role == Role.OWNER), None),
        manager_ids=tuple(member_id for role, member_id in kept_by if role == Role.MANAGER),
        personal={one.member_id: Personal(one.role, one.muted_until, one.on_duty) for one in own},
    )


def show_room(*, room: Room, caller: Caller, now: datetime) -> ShownRoom:
    """The room for who is in it, and for ADMINs. Raises RoomNotFound, NotInRoom."""
    acting = standing(room=room, caller=caller)
    mended = None
    rules = _require_rules(room.pk, caller.member_id)
    if rules.is_orphaned and (mended := mend_ownership(room_id=room.pk, now=now)) is not None:
        rules = _require_rules(room.pk, caller.member_id)
    may_see = rights.may(Act.SET_RULES, acting.rank, is_group_chat=room.is_group_chat)
    return ShownRoom(
        rules,
        personal=rules.personal.get(caller.member_id),
        join_code=rules.room.join_code or None if may_see else None,
        mended=mended,
    )


def _require_rules(room_id: int, member_id: int) -> RoomRules:
    rules = room_rules(room_id=room_id, member_ids=[member_id])
    if rules is None:
        raise RoomNotFound  # deleted meanwhile
    return rules
