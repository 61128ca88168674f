"""What managers of a room see of what was reported there: about those below them, without the reporters' names."""

from datetime import datetime
from typing import Any

import msgspec

from chatproject.errors import RoomNotFound
from chatproject.tokens import Caller
from messaging import deciding
from messaging.moderation import cases, evidence, queue
from messaging.moderation_models import Case
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation.ranks import Acting, ranks_in, require_right
from rooms.moderation.rights import Act, Rank, may

CASES_MAX, CASES_DEFAULT = 100, 20


def page(
    *, room_id: int, caller: Caller, is_decided: bool, after: int | None, limit: int, now: datetime
) -> dict[str, Any]:
    """The cases behind that of the number `after`. Raises RoomNotFound, NotInRoom, NotGroupRoom, ManagersOnly."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    acting = require_right(Act.DECIDE_CASES, room=room, by=caller)
    cases_here = queue.of_room(room_id=room_id, is_decided=is_decided, with_staffs=acting.rank == Rank.STAFF)
    with_reports = cases_here.prefetch_related("reports")
    found = queue.page(with_reports, is_decided=is_decided, after=after, limit=limit + 1)
    ranks = ranks_in(room_id=room_id, member_ids={case.member_id for case in found if case.member_id is not None})
    seen = [case for case in found[:limit] if _is_for(case, acting, ranks)]
    return {
        "cases": [case_object(case, acting=acting, now=now) for case in seen],
        "next": found[limit - 1].pk if len(found) > limit else None,
    }


def _is_for(case: Case, acting: Acting, ranks: dict[int, Rank]) -> bool:
    target = Rank.NONE if case.member_id is None else ranks[case.member_id]
    return may(Act.DECIDE_CASES, acting.rank, target=target)


def case_object(case: Case, *, acting: Acting, now: datetime) -> dict[str, Any]:
    reports = sorted(case.reports.all(), key=lambda report: report.pk)
    lines = evidence.decode(reports[0].evidence).lines if reports else ()
    return {
        "caseId": case.pk,
        "roomId": case.room_id,
        "roomName": case.room_name,
        "about": case.subject,
        "seq": case.seq,
        "memberId": case.member_id,
        "nickName": case.member_name,
        "reasons": [{"reason": reason, "count": number} for reason, number in queue.reasons_of(case).items()],
        "reportCount": len(reports),
        "words": [report.words for report in reports if report.words],
        "evidence": [msgspec.to_builtins(line) for line in lines],
        "urgent": case.is_urgent,
        "openedAt": wire_time(case.opened_at),
        "dueAt": wire_time(case.due_at),
        "isLate": deciding.is_late(case, now),
        "claimedUntil": wire_time(case.claimed_until)
        if cases.is_claimed(case, now) and case.claimed_until
        else None,
        "isMine": cases.holds(case, acting, now),
        "outcomes": deciding.outcomes_for(case, rank=acting.rank),
        "outcome": case.outcome or None,
        "decision": case.reason,
        "decidedAt": case.decided_at and wire_time(case.decided_at),
    }
