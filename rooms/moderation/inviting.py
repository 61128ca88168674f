"""Invitations: who has one comes into the room, also where others need its code or are let in by a manager.

Members invite into open rooms, managers into all. What an invitation opens is decided when it is used, by what its
maker may do then. The code is kept as a digest, so it is shown once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, InviteEnded
from chatproject.room_errors import NothingThere
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.invite_models import Invite
from rooms.locks import lock_room
from rooms.models import Room
from rooms.moderation import audit, rights
from rooms.moderation.ranks import rank_in, require_right
from rooms.moderation.rights import Act
from rooms.selectors import require_visible_room

CODE_BYTES = 16  # nobody guesses one of 128 bits
CODE_MAX_CHARACTERS = 64
DAYS_DEFAULT, DAYS_MOST = 7, 30
USES_MOST = 1_000
OF_MEMBER_MOST, OF_ROOM_MOST = 20, 500  # that hold at a time, in a room
FORGOTTEN_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation, with the code that nobody can be told again."""

    invite: Invite
    code: str


@in_one_transaction
def make_invite(*, room_id: int, by: Caller, days: int, uses: int, now: datetime) -> Made:
    """An invitation that holds for so many days and uses (0: as often as one likes).

    Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly where the room is closed, InvalidInput.
    """
    if not (1 <= days <= DAYS_MOST and 0 <= uses <= USES_MOST):
        raise InvalidInput
    room = lock_room(room_id)
    acting = require_right(Act.INVITE, room=room, by=by)
    if room.joining != Room.Joining.OPEN:
        rights.require(Act.ADMIT, acting.rank)
    holding = _holding(room, now)
    if holding.filter(made_by_id=by.member_id).count() >= OF_MEMBER_MOST or holding.count() >= OF_ROOM_MOST:
        raise InvalidInput(_("There are too many invitations into this room. End one of them first."))
    code = secrets.token_urlsafe(CODE_BYTES)
    invite = Invite.objects.create(
        room=room,
        made_by_id=by.member_id,
        digest=_digest(code),
        made_at=now,
        expires_at=now + timedelta(days=days),
        uses=uses,
    )
    details = {"invite": invite.pk, "uses": uses}
    audit.record(
        audit.Deed(
            room_id=room_id, act="invite", by=acting.logged, at=now, until=invite.expires_at, details=details
        )
    )
    return Made(invite, code)


@in_one_transaction
def end_invite(*, room_id: int, invite_id: int, by: Caller, now: datetime) -> None:
    """It opens nothing any more. One's own, and for managers everybody's.

    Raises RoomNotFound, NotGroupRoom, NotInRoom, NothingThere.
    """
    room = lock_room(room_id)
    acting = require_right(Act.INVITE, room=room, by=by)
    invite = _seen_by(room, by, acting.rank, now).filter(pk=invite_id).first()
    if invite is None:
        raise NothingThere
    invite.delete()
    details = {"invite": invite_id}
    audit.record(
        audit.Deed(
            room_id=room_id,
            act="invite_ended",
            by=acting.logged,
            at=now,
            member_id=invite.made_by_id,
            details=details,
        )
    )


def invites_of(*, room_id: int, caller: Caller, now: datetime) -> Sequence[Invite]:
    """Those that hold, the newest first: to managers all, to others their own.

    Raises RoomNotFound, NotGroupRoom, NotInRoom.
    """
    room, _place = require_visible_room(room_id=room_id, member_id=caller.member_id)
    acting = require_right(Act.INVITE, room=room, by=caller)
    return list(_seen_by(room, caller, acting.rank, now).select_related("made_by").order_by("-invite_id"))


def invited_room(*, code: str, now: datetime) -> Room:
    """The room into which it invites. Raises InviteEnded."""
    return _require_invite(code, now).room


def use_invite(room: Room, *, code: str, now: datetime) -> None:
    """Count one who comes in by it. The caller holds the room's lock. Raises InviteEnded."""
    invite = _require_invite(code, now)
    if invite.room_id != room.pk:
        raise InviteEnded
    Invite.objects.filter(pk=invite.pk).update(used=F("used") + 1)


def forget_ended_invites(*, now: datetime) -> int:
    """Those that have expired, some at a time. Returns how many."""
    ended = Invite.objects.filter(expires_at__lte=now).order_by("expires_at")
    ids = list(ended.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return Invite.objects.filter(pk__in=ids).delete()[0]


def _require_invite(code: str, now: datetime) -> Invite:
    invites = Invite.objects.select_related("room").filter(_not_over(now), digest=_digest(code))
    invite = invites.first()
    if invite is None or not _may_still_invite(invite):
        raise InviteEnded
    return invite


def _may_still_invite(invite: Invite) -> bool:
    rank = rank_in(room_id=invite.room_id, member_id=invite.made_by_id)
    return rights.may(Act.INVITE if invite.room.joining == Room.Joining.OPEN else Act.ADMIT, rank)


def _seen_by(room: Room, caller: Caller, rank: rights.Rank, now: datetime) -> QuerySet[Invite]:
    holding = _holding(room, now)
    return holding if rights.may(Act.ADMIT, rank) else holding.filter(made_by_id=caller.member_id)


def _holding(room: Room, now: datetime) -> QuerySet[Invite]:
    return Invite.objects.filter(_not_over(now), room=room)


def _not_over(now: datetime) -> Q:
    return Q(expires_at__gt=now) & (Q(uses=0) | Q(used__lt=F("uses")))


def _digest(code: str) -> str:
    return sha256(code.encode(errors="replace")).hexdigest()
