"""Roles in a group room: given, taken, handed over, and who follows an owner who goes. Nobody is told here.

A room that was somebody's stays somebody's (`Room.is_owned`); one taken over from before there were roles is
nobody's until staff name an owner. The owner's user may be deleted by the main server, of which nobody tells us:
whoever looks at such a room next has somebody follow (`mend_ownership`).
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, MemberNotFound
from chatproject.room_errors import TooManyManagers
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room, move_roster
from rooms.models import Participant, Room
from rooms.moderation import audit
from rooms.moderation.ranks import Acting, require_right, standing
from rooms.moderation.rights import MANAGERS_MOST, Act, Rank

Role = Participant.Role


@in_one_transaction
def set_role(*, room_id: int, member_id: int, role: str, by: Caller | Acting, now: datetime) -> int | None:
    """Give a member of the room that role; returns the room's roster version, None where they have it already.

    To make another one the owner is to hand the room over: who owned it is a manager then, or a member where there
    is no place for one more. Managers may give up their own role. Raises RoomNotFound, NotGroupRoom, NotInRoom,
    ManagersOnly, RankTooLow, MemberNotFound where the member is not in the room, TooManyManagers, and InvalidInput
    for an owner who would leave the room without one.
    """
    room = lock_room(room_id)
    acting = _require_it(room, by, member_id, role)
    place = room.participants.filter(member_id=member_id).first()
    if place is None:
        raise MemberNotFound
    if place.role == role:
        return None
    deeds = [_deed(place, role, acting.logged, now)]
    if role == Role.OWNER:
        deeds += _step_down(room, acting.logged, now, keeps_place=place.role == Role.MANAGER)
    elif place.role == Role.OWNER:
        raise InvalidInput(_("Hand the room over to another member first."))
    elif role == Role.MANAGER:
        _require_place(room)
    _give(room, place, role)
    audit.record(*deeds)
    return move_roster(room)


def _require_it(room: Room, by: Caller | Acting, member_id: int, role: str) -> Acting:
    if role not in Role.values:
        raise InvalidInput(_("role must be one of %(roles)s.") % {"roles": ", ".join(Role.values)})
    if isinstance(by, Caller) and by.member_id == member_id and role == Role.MEMBER and room.is_group_chat:
        acting = standing(room=room, caller=by)
        if acting.rank >= Rank.MANAGER:
            return acting  # whoever keeps a room may stop doing so
    return require_right(Act.SET_ROLES, room=room, by=by)


def _require_place(room: Room) -> None:
    if room.participants.filter(role=Role.MANAGER).count() >= MANAGERS_MOST:
        raise TooManyManagers


def _step_down(room: Room, by: audit.Actor, now: datetime, *, keeps_place: bool) -> list[audit.Deed]:
    """Make the owner, if there is one, a manager if there is a place: the next owner's, or a free one."""
    owner = room.participants.filter(role=Role.OWNER).first()
    if owner is None:
        return []
    managers = room.participants.filter(role=Role.MANAGER).count() - keeps_place
    role = Role.MANAGER if managers < MANAGERS_MOST else Role.MEMBER
    deed = _deed(owner, role, by, now)
    _give(room, owner, role)
    return [deed]


def _give(room: Room, place: Participant, role: str) -> None:
    place.role = role
    place.save(update_fields=["role"])
    if role == Role.OWNER and not room.is_owned:
        room.is_owned = True
        room.save(update_fields=["is_owned"])


def _deed(place: Participant, role: str, by: audit.Actor, now: datetime) -> audit.Deed:
    details = {"before": str(place.role), "role": str(role)}
    return audit.Deed(room_id=place.room_id, act="role", by=by, at=now, member_id=place.member_id, details=details)


# --- who follows


def name_heir(room: Room, *, now: datetime) -> bool:
    """Have the longest-serving manager, or else member, follow an owner who is gone; returns whether somebody did.

    The caller holds the room's lock, and moves its roster.
    """
    if not room.is_owned or room.participants.filter(role=Role.OWNER).exists():
        return False
    managers_first = Case(When(role=Role.MANAGER, then=Value(0)), default=Value(1))
    heir = room.participants.order_by(managers_first, "participant_id").first()
    if heir is None:
        return False
    audit.record(_deed(heir, Role.OWNER, audit.CLOCK, now))
    _give(room, heir, Role.OWNER)
    return True


def rooms_without_owner(room_ids: Collection[int]) -> list[int]:
    """Those of these rooms whose owner is gone though somebody is there who could follow."""
    places = Participant.objects.filter(room=OuterRef("pk"))
    orphaned = Room.objects.filter(
        Exists(places), ~Exists(places.filter(role=Role.OWNER)), pk__in=room_ids, is_owned=True
    )
    return list(orphaned.values_list("pk", flat=True))


@in_one_transaction
def mend_ownership(*, room_id: int, now: datetime) -> int | None:
    """Name the heir of an owner who went with their user; returns the roster version, None where nobody followed.

    Raises RoomNotFound.
    """
    room = lock_room(room_id)
    return move_roster(room) if name_heir(room, now=now) else None
