"""What managers and staff do to members of group rooms: mute, remove, lift, put in. One transaction each.

Who may do it is decided under the lock of the room's row, so that of two acts at once the second sees the first.
Nobody is told here: what a caller must tell is returned.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from chatproject.errors import InvalidInput
from chatproject.outgoing.recording import record
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms import selectors
from rooms.locks import lock_group_room, lock_room, move_roster
from rooms.models import Participant, Room
from rooms.moderation import audit, rights, sanctions
from rooms.moderation.ranks import Acting, rank_in, require_right
from rooms.moderation.rights import Act
from rooms.moderation.sanctions import Kind, Told, clean_reason, told_event, told_of
from rooms.moderation_models import Sanction
from rooms.services import RosterChange, add_participant, remove_participant

LIFTED = {Kind.MUTE: "mute_lifted", Kind.REMOVE: "removal_lifted"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act left to be told: to whom it met, to the room who is out, to its listeners how it is kept now."""

    told: tuple[Told, ...] = ()
    left: RosterChange | None = None
    room_id: int = 0
    rules_version: int | None = None  # the roster version, where somebody's `mutedUntil` changed


@in_one_transaction
def mute(
    *, room_id: int, member_id: int, until: datetime, reason: str, by: Caller | Acting, now: datetime
) -> Outcome:
    """Let the member say nothing in the room until then, in the room or not; in place of what held.

    Raises InvalidInput for an end out of bounds, a reason that is none, and oneself; RoomNotFound, NotGroupRoom,
    NotInRoom, MemberNotFound, ManagersOnly, RankTooLow.
    """
    room = lock_room(room_id)
    acting = require_act(Act.MUTE, room=room, member_id=member_id, by=by)
    reason = clean_reason(reason)
    sanctions.require_mute_end(until, now=now)
    if (held := _same(Kind.MUTE, room, member_id, acting, reason, until, now)) is not None:
        return _outcome(room, held, is_repeat=True)
    sanction = sanctions.write_sanction(
        Kind.MUTE, room_id=room_id, member_id=member_id, acting=acting, reason=reason, until=until, now=now
    )
    _log("mute", sanction, acting, now)
    return _outcome(room, sanction, rules_version=_set_muted(room, member_id, until))


@in_one_transaction
def remove(
    *,
    room_id: int,
    member_id: int,
    reason: str,
    by: Caller | Acting,
    now: datetime,
    until: datetime | None = None,
) -> Outcome:
    """Take the member out of the room and keep them out until then, or until it is lifted; who left stays out too.

    The last one out deletes the room, and what was done there but for the log. Raises as `mute`.
    """
    room = lock_room(room_id)
    acting = require_act(Act.REMOVE, room=room, member_id=member_id, by=by)
    reason = clean_reason(reason)
    sanctions.require_end(until, now=now)
    return _remove(room, member_id, acting=acting, reason=reason, until=until, now=now)


@in_one_transaction
def take_out(*, room_id: int, member_id: int, acting: Acting, now: datetime) -> Outcome:
    """The same by staff on a page that asks for no reason. Raises RoomNotFound, NotGroupRoom, MemberNotFound."""
    room = lock_room(room_id)
    require_act(Act.REMOVE, room=room, member_id=member_id, by=acting)
    return _remove(room, member_id, acting=acting, reason="", until=None, now=now)


def _remove(
    room: Room, member_id: int, *, acting: Acting, reason: str, until: datetime | None, now: datetime
) -> Outcome:
    room_id = room.pk
    if (held := _same(Kind.REMOVE, room, member_id, acting, reason, until, now)) is not None:
        return _outcome(room, held, is_repeat=True)
    sanction = sanctions.write_sanction(
        Kind.REMOVE, room_id=room_id, member_id=member_id, acting=acting, reason=reason, until=until, now=now
    )
    _log("remove", sanction, acting, now)
    outcome = _outcome(room, sanction)
    return replace(outcome, left=remove_participant(room_id=room_id, member_id=member_id))


@in_one_transaction
def lift(
    *, room_id: int, member_id: int, kind: Sanction.Kind, by: Caller | Acting, now: datetime, reason: str = ""
) -> Outcome:
    """End a member's mute or removal; fine where none holds. It puts nobody in.

    Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly, RankTooLow, and InvalidInput for oneself.
    """
    room = lock_room(room_id)
    acting = require_right(Act.LIFT, room=room, by=by)
    _refuse_oneself(acting, member_id)
    reason = clean_reason(reason, is_needed=False)
    held = sanctions.in_force_on(member_id, room_id=room_id, kind=kind, now=now)
    return _lift(room, list(held), acting=acting, reason=reason, now=now)


def _lift(room: Room, held: list[Sanction], *, acting: Acting, reason: str, now: datetime) -> Outcome:
    lifted = sanctions.lift_all(held, acting=acting, now=now)
    rules_version = None
    for sanction in lifted:
        _log(LIFTED[Kind(sanction.kind)], sanction, acting, now, reason=reason, until=None)
        if sanction.kind == Kind.MUTE and sanction.member_id is not None:
            rules_version = _set_muted(room, sanction.member_id, None)
    return _outcome(room, *lifted, rules_version=rules_version, are_lifted=True)


@in_one_transaction
def put_in(*, room_id: int, member_id: int, acting: Acting, now: datetime) -> RosterChange | None:
    """Staff put a member into the room; None when in already. Lifts what keeps them out, not a mute.

    Raises RoomNotFound, NotGroupRoom, MemberNotFound.
    """
    room = lock_group_room(room_id)
    held = sanctions.in_force_on(member_id, room_id=room_id, kind=Kind.REMOVE, now=now)
    _lift(room, list(held), acting=acting, reason="", now=now)
    change = add_participant(room_id=room_id, member_id=member_id, now=now)
    if change is not None:
        audit.record(_deed("put_in", room_id, member_id, acting, now))
    return change


@in_one_transaction
def change_terms(
    *, sanction_id: int, reason: str, until: datetime | None, acting: Acting, now: datetime
) -> Outcome:
    """Staff write another reason, or another end, on what holds or held. Raises InvalidInput."""
    sanction = Sanction.objects.select_related("room").get(pk=sanction_id)
    room = lock_room(sanction.room_id)
    sanction.refresh_from_db()
    reason = clean_reason(reason, is_needed=False)
    if (sanction.reason, sanction.until) == (reason, until):
        return Outcome()
    if sanction.kind == Kind.MUTE and until is None:
        raise InvalidInput(_("A mute lasts from 10 minutes to 28 days."))
    details = {"before": {"reason": sanction.reason, "until": sanction.until and sanction.until.isoformat()}}
    sanction.reason, sanction.until = reason, until
    sanction.save(update_fields=["reason", "until"])
    _log("terms_changed", sanction, acting, now, details=details)
    rules_version = None
    if sanction.kind == Kind.MUTE and sanction.lifted_at is None and sanction.member_id is not None:
        muted_until = sanctions.muted_until(room_id=room.pk, member_id=sanction.member_id, now=now)
        rules_version = _set_muted(room, sanction.member_id, muted_until)  # another one may hold by now
    return _outcome(room, sanction, rules_version=rules_version)


# --- rules that all acts share


def require_act(act: Act, *, room: Room, member_id: int, by: Caller | Acting) -> Acting:
    """Who acts, and may do that to this member, who is in the room or is not. The caller holds the room's lock."""
    acting = require_right(act, room=room, by=by)
    _refuse_oneself(acting, member_id)
    selectors.require_member(member_id=member_id)
    rights.require(act, acting.rank, target=rank_in(room_id=room.pk, member_id=member_id))
    return acting


def _refuse_oneself(acting: Acting, member_id: int) -> None:
    if acting.member_id == member_id:
        raise InvalidInput(_("Nobody does that to themselves."))


def _same(
    kind: Sanction.Kind,
    room: Room,
    member_id: int,
    acting: Acting,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> Sanction | None:
    """The very same act, done already: its answer was lost, and it came again."""
    held = sanctions.in_force_on(member_id, room_id=room.pk, kind=kind, now=now)
    found = held.filter(reason=reason, until=until, imposed_by=acting.member_id, staff=acting.staff_id).first()
    is_out = kind != Kind.REMOVE or not room.participants.filter(member_id=member_id).exists()
    return found if is_out else None


def _set_muted(room: Room, member_id: int, until: datetime | None) -> int | None:
    """Where writing looks; None where the member is not in the room. The sanction has it for when they come."""
    places = Participant.objects.filter(room=room, member_id=member_id)
    return move_roster(room) if places.update(muted_until=until) else None


def _outcome(
    room: Room,
    *done: Sanction,
    rules_version: int | None = None,
    are_lifted: bool = False,
    is_repeat: bool = False,
) -> Outcome:
    """Records what is told, too, but for a repeat."""
    found = [told_of(sanction, room=room, lifted=are_lifted) for sanction in done]
    told = tuple(one for one in found if one is not None)
    if not is_repeat:
        record(*map(told_event, told))
    return Outcome(told=told, room_id=room.pk, rules_version=rules_version)


def _log(act: str, sanction: Sanction, acting: Acting, now: datetime, **others: Any) -> None:
    terms = {"reason": sanction.reason, "until": sanction.until, "seq": sanction.seq, **others}
    audit.record(_deed(act, sanction.room_id, sanction.member_id, acting, now, **terms))


def _deed(
    act: str, room_id: int, member_id: int | None, acting: Acting, now: datetime, **terms: Any
) -> audit.Deed:
    return audit.Deed(room_id=room_id, act=act, by=acting.logged, at=now, member_id=member_id, **terms)
