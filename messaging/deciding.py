"""Decisions on what was reported: what is done takes the road of every act, then both sides are told why.

A claim keeps other moderators away meanwhile; the decision itself is written once, while the case's row is held.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from chatproject.errors import InvalidInput
from chatproject.room_errors import NothingThere, RankTooLow
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging import acting, sanctioning
from messaging.managers import tell_managers
from messaging.moderation import cases
from messaging.moderation_models import Case
from messaging.store.acts import HideAct
from messaging.wire.client_frames import Mute, Remove
from messaging.wire.room_frames import Reported
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.ranks import Acting, rank_in, require_right
from rooms.moderation.rights import Act, Rank
from rooms.moderation.sanctions import clean_reason
from rooms.moderation_models import Sanction
from rooms.telling import tell

if TYPE_CHECKING:
    from messaging.server import ChatServer

MEASURE_LONGEST = timedelta(days=30)  # 정보통신망법 44조의2 ④
Outcome = Case.Outcome
OF_MESSAGES = (Outcome.HIDDEN, Outcome.MEASURE)
OF_MEMBERS = (Outcome.MUTED, Outcome.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`hide`: the message as well, where its author is muted or removed."""

    outcome: str
    reason: str
    until: datetime | None = None
    hide: bool = False


def outcomes_for(case: Case, *, rank: Rank) -> list[str]:
    """What who has this rank may decide; nothing once it is decided, or where others have to."""
    if case.decided_at is not None or (case.is_for_staff and rank < Rank.STAFF):
        return []
    outcomes = [Outcome.DISMISSED]
    if case.subject == Case.Subject.MESSAGE:
        outcomes += OF_MESSAGES if rank == Rank.STAFF else (Outcome.HIDDEN,)
    if case.member_id is not None and case.room_name:  # a private room has none, and keeps its two
        outcomes += OF_MEMBERS
    return [*outcomes, Outcome.CARED]


def standing_over(case: Case, by: Caller | Acting) -> Acting:
    """Who acts, and may decide this case.

    Raises RankTooLow, ManagersOnly, NotInRoom, RoomNotFound, NotGroupRoom, NothingThere.
    """
    if isinstance(by, Acting):
        return by
    room = Room.objects.filter(pk=case.room_id).first()
    if room is None:
        raise NothingThere
    target = rank_in(room_id=room.pk, member_id=case.member_id)
    acting_here = require_right(Act.DECIDE_CASES, room=room, by=by, target=target)
    if case.is_for_staff and acting_here.rank < Rank.STAFF:
        raise RankTooLow
    return acting_here


def claim(*, case_id: int, by: Caller | Acting, room_id: int | None = None, now: datetime) -> tuple[Case, Acting]:
    """Work on it. Raises NothingThere, AlreadyDecided, ClaimedByAnother, and as `standing_over`."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None or room_id not in (None, case.room_id):
        raise NothingThere
    who = standing_over(case, by)
    return cases.claim(case_id=case_id, by=who, now=now), who


def decide(
    request: HttpRequest | Request,
    *,
    case_id: int,
    by: Caller | Acting,
    decision: Decision,
    room_id: int | None = None,
    now: datetime,
) -> Case:
    """Do what was decided, write it down and tell everyone concerned.

    Raises what `claim` and the acts raise, and InvalidInput for what cannot be decided so. Where an act is refused
    the case stays open; where the server dies between the two it does too, and the act can be repeated.
    """
    case, who = claim(case_id=case_id, by=by, room_id=room_id, now=now)
    reason = clean_reason(decision.reason)
    if decision.outcome not in outcomes_for(case, rank=who.rank):
        raise InvalidInput(_("That cannot be decided here."))
    until = _end_of(decision, now)
    _act(request, case, decision, by=by, who=who, reason=reason, until=until)
    case, told = _write(case, by=by, who=who, outcome=decision.outcome, reason=reason, until=until, now=now)
    tell(request, lambda server: tell_reporters(server, told))
    tell_managers(request, case.room_id)
    return case


def _end_of(decision: Decision, now: datetime) -> datetime | None:
    """A measure has an end, 30 days from now at most; what is dismissed or cared for has none."""
    match decision.outcome:
        case Outcome.MEASURE:
            latest = now + MEASURE_LONGEST
            return latest if decision.until is None else min(decision.until, latest)
        case Outcome.MUTED if decision.until is None:
            raise InvalidInput(_("A mute lasts from 10 minutes to 28 days."))
        case Outcome.HIDDEN | Outcome.MUTED | Outcome.REMOVED:
            return decision.until
    return None


def _act(
    request: HttpRequest | Request,
    case: Case,
    decision: Decision,
    *,
    by: Caller | Acting,
    who: Acting,
    reason: str,
    until: datetime | None,
) -> None:
    outcome = decision.outcome
    if case.seq is not None and (outcome in OF_MESSAGES or (outcome in OF_MEMBERS and decision.hide)):
        _hide(request, case, who, reason=reason, until=until if outcome in OF_MESSAGES else None, outcome=outcome)
    if outcome in OF_MEMBERS and case.member_id is not None:
        room_id, member_id, end = case.room_id, case.member_id, None if until is None else wire_time(until)
        asked: Mute | Remove = Remove(room_id=room_id, member_id=member_id, until=end, reason=reason)
        if outcome == Outcome.MUTED:
            asked = Mute(room_id=room_id, member_id=member_id, until=end or "", reason=reason)
        done = sanctioning.carry_out(request, asked, by=by)
        Sanction.objects.filter(pk__in=[told.sanction_id for told in done.told]).update(case_id=case.pk)


def _hide(
    request: HttpRequest | Request, case: Case, who: Acting, *, reason: str, until: datetime | None, outcome: str
) -> None:
    assert case.seq is not None
    acting.carry_out(
        request,
        HideAct(
            room_id=case.room_id,
            seq=case.seq,
            member_id=who.member_id,
            is_admin=who.rank == Rank.STAFF,
            staff_id=who.staff_id,
            kind="measure" if outcome == Outcome.MEASURE else "hide",
            reason=reason,
            until=until,
            case_id=case.pk,
        ),
    )


@in_one_transaction
def _write(
    case: Case,
    *,
    by: Caller | Acting,
    who: Acting,
    outcome: str,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> tuple[Case, dict[int, Reported]]:
    """The case as it is decided, and what each reporter hears of it. Who decides stands over it to the end."""
    if Room.objects.select_for_update().filter(pk=case.room_id).first():  # the lock of roles, and of the log
        who = standing_over(case, by)
    case = cases.hold(case_id=case.pk, by=who, now=now)
    cases.close(case, by=who, outcome=outcome, reason=reason, until=until, now=now)
    audit.record(
        audit.Deed(
            room_id=case.room_id,
            act="case_decided",
            by=who.logged,
            at=now,
            member_id=case.member_id,
            seq=case.seq,
            reason=reason,
            until=until,
            details={"case": case.pk, "outcome": str(outcome)},
        )
    )
    reports = case.reports.exclude(reporter=None).values_list("reporter_id", "report_id")
    told = {member_id: Reported(report_id=pk, outcome=str(outcome), reason=reason) for member_id, pk in reports}
    return case, told


def tell_reporters(server: "ChatServer", told: dict[int, Reported]) -> None:
    for member_id, frame in told.items():
        server.tell_members([member_id], frame)


def is_late(case: Case, now: datetime) -> bool:
    """Decided after its time, or waiting beyond it."""
    return (case.decided_at or now) > case.due_at
