"""Who may do what in a room: the one table of it. Pure; who has which rank is in `ranks`.

Told to people in docs/moderation.md. A private room has no managers: what both may do there the table says too.
"""

from enum import Enum, IntEnum, auto
from typing import NamedTuple

from chatproject.errors import ManagersOnly
from chatproject.room_errors import RankTooLow

MANAGERS_MOST = 10  # of a room, beside its owner


class Rank(IntEnum):
    NONE = 0  # not in the room, gone, or no member at all: the assistant, a notice
    MEMBER = 1
    MANAGER = 2
    OWNER = 3
    STAFF = 4  # an ADMIN's token, in the room or not, and staff in the admin: above all rooms


class Act(Enum):
    PIN = auto()
    CALL_EVERYONE = auto()
    STOP_ANSWER = auto()  # that another member asked for
    SET_ASSISTANT = auto()
    SPEAK_PAST_RULES = auto()  # slow mode, read-only; the filter's and flood's holding back
    DELETE = auto()  # another's message; the target is its author
    HIDE = auto()  # as above; unhiding too
    MUTE = auto()
    REMOVE = auto()
    LIFT = auto()  # a sanction; the target is the rank that imposed it
    SET_RULES = auto()  # slow mode, read-only, joining, the join code, the description
    INVITE = auto()  # into an open room; into a closed one who may admit
    RENAME = auto()
    ADMIT = auto()  # who asks to come in
    DECIDE_HELD = auto()
    DECIDE_CASES = auto()  # the target is whom the case is about
    SET_FILTER = auto()
    SEE_ACTS = auto()  # the room's sanctions and its audit log; the text under a hiding
    CARE = auto()  # concerns, and being on duty for them
    SET_ROLES = auto()  # make and unmake managers, hand the room over


class Right(NamedTuple):
    lowest: Rank
    only_below: bool = False  # to those of a lower rank than one's own
    not_above: bool = False  # to what has one's own rank or a lower one
    in_private_rooms: bool = False  # both may


RIGHTS: dict[Act, Right] = {
    Act.PIN: Right(Rank.MANAGER, in_private_rooms=True),
    Act.CALL_EVERYONE: Right(Rank.MANAGER),
    Act.STOP_ANSWER: Right(Rank.MANAGER, in_private_rooms=True),
    Act.SET_ASSISTANT: Right(Rank.OWNER, in_private_rooms=True),
    Act.SPEAK_PAST_RULES: Right(Rank.MANAGER, in_private_rooms=True),
    Act.DELETE: Right(Rank.MANAGER, only_below=True),
    Act.HIDE: Right(Rank.MANAGER, only_below=True),
    Act.MUTE: Right(Rank.MANAGER, only_below=True),
    Act.REMOVE: Right(Rank.MANAGER, only_below=True),
    Act.LIFT: Right(Rank.MANAGER, not_above=True),
    Act.SET_RULES: Right(Rank.MANAGER),
    Act.INVITE: Right(Rank.MEMBER),
    Act.RENAME: Right(Rank.OWNER),
    Act.ADMIT: Right(Rank.MANAGER),
    Act.DECIDE_HELD: Right(Rank.MANAGER),
    Act.DECIDE_CASES: Right(Rank.MANAGER, only_below=True),
    Act.SET_FILTER: Right(Rank.MANAGER),
    Act.SEE_ACTS: Right(Rank.MANAGER),
    Act.CARE: Right(Rank.MANAGER),
    Act.SET_ROLES: Right(Rank.OWNER),
}


def rank_of(role: str | None, *, is_admin: bool) -> Rank:
    """Of who has this role in a room (None: no place there). `is_admin`: by the token or the members' table."""
    if is_admin:
        return Rank.STAFF
    return Rank[role.upper()] if role else Rank.NONE


def may(act: Act, rank: Rank, *, target: Rank = Rank.NONE, is_group_chat: bool = True) -> bool:
    """Whether who has this rank may do that, to a target of that rank where it has one."""
    right = RIGHTS[act]
    if not is_group_chat:
        return right.in_private_rooms and rank > Rank.NONE
    return rank >= right.lowest and (rank == Rank.STAFF or _is_reached(right, rank, target))


def _is_reached(right: Right, rank: Rank, target: Rank) -> bool:
    return (not right.only_below or target < rank) and (not right.not_above or target <= rank)


def require(act: Act, rank: Rank, *, target: Rank = Rank.NONE, is_group_chat: bool = True) -> None:
    """Raises ManagersOnly where no manager does it, RankTooLow where one of a higher rank might."""
    if not may(act, rank, target=target, is_group_chat=is_group_chat):
        raise RankTooLow if rank >= Rank.MANAGER and is_group_chat else ManagersOnly
