"""Opening the private room of two members. As `services`."""

from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, StoreUnavailable
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms import selectors
from rooms.members.mirror import RACES_MOST, RETRY_AFTER_S
from rooms.models import Member, Room
from rooms.moderation import audit, blocked_members
from rooms.moderation.ranks import Acting
from rooms.names import make_pair_key
from rooms.quotas import begin_count, count_room_made
from rooms.services import RosterChange, create_room_with, mirror_member


def open_private_room(*, caller: Caller, other_member_id: int) -> tuple[Room, RosterChange | None]:
    """The one private room of the caller and the other member, and the other's coming: None where it was there.

    Raises InvalidInput for oneself, MemberNotFound, TooManyRequests, and CannotWrite where one of them blocked
    the other and there is none yet.
    """
    if other_member_id == caller.member_id:
        raise InvalidInput(_("A private room needs another member."))
    pair = [mirror_member(caller=caller), selectors.require_member(member_id=other_member_id)]
    pair_key = make_pair_key(caller.member_id, other_member_id)
    begin_count(member_id=caller.member_id)
    for _race in range(RACES_MOST):
        room = Room.objects.filter(pair_key=pair_key).first()
        try:
            return (room, None) if room else _create_private_room(pair, pair_key)
        except IntegrityError:  # someone made the room after we looked
            continue
    raise StoreUnavailable(retry_after=RETRY_AFTER_S)


@in_one_transaction
def open_room_between(
    one_id: int, other_id: int, *, acting: Acting, now: datetime
) -> tuple[Room, tuple[RosterChange, ...]]:
    """The same by the main server, which no count holds: the room of two members, and who came into it.

    Raises InvalidInput for one member alone, MemberNotFound, and CannotWrite as above.
    """
    if one_id == other_id:
        raise InvalidInput(_("A private room needs another member."))
    pair = [selectors.require_member(member_id=member_id) for member_id in (one_id, other_id)]
    pair_key = make_pair_key(one_id, other_id)
    if room := Room.objects.filter(pair_key=pair_key).first():
        return room, ()
    blocked_members.require_peace(one_id, other_id)
    try:
        room = create_room_with(Room(is_group_chat=False, pair_key=pair_key, creator=pair[0]), pair)
    except IntegrityError:  # someone made the room after we looked
        return Room.objects.get(pair_key=pair_key), ()
    audit.record(audit.Deed(room_id=room.pk, act="room_made", by=acting.logged, at=now))
    return room, tuple(RosterChange(room.pk, one.member_id, one.nickname, room.roster_version) for one in pair)


@in_one_transaction
def _create_private_room(pair: list[Member], pair_key: str) -> tuple[Room, RosterChange]:
    creator, other = pair  # in this order: the room is called so
    blocked_members.require_peace(creator.member_id, other.member_id)
    count_room_made(
        member_id=creator.member_id,
        now=timezone.now(),
        is_with_stranger=not selectors.have_met(creator.member_id, other.member_id),
    )
    room = create_room_with(Room(is_group_chat=False, pair_key=pair_key, creator=creator), pair)
    return room, RosterChange(room.room_id, other.member_id, other.nickname, room.roster_version)
