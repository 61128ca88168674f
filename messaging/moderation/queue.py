"""The cases that wait, and those that do no more: what moderators look through. Nothing here writes."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.moderation.cases import Moderator
from messaging.moderation_models import Case, Report

URGENT_FIRST = ("-is_urgent", "due_at", "case_id")


def chosen(cases: QuerySet[Case], which: str, *, by: Moderator, now: datetime) -> QuerySet[Case]:
    """Those of the cases; all of them for any other word."""
    waiting = cases.filter(decided_at=None)
    match which:
        case "open":
            return waiting
        case "late":
            return waiting.filter(due_at__lt=now)
        case "urgent":
            return waiting.filter(is_urgent=True)
        case "mine":
            mine = Q(claimed_by=by.member_id, claimed_by_staff=by.staff_id, claimed_until__gt=now)
            return waiting.filter(mine)
        case "decided":
            return cases.exclude(decided_at=None)
    return cases


def with_reason(cases: QuerySet[Case], reason: str) -> QuerySet[Case]:
    return cases.filter(Exists(Report.objects.filter(case=OuterRef("pk"), reason=reason)))


def next_case(*, by: Moderator, now: datetime, after: Case | None = None) -> Case | None:
    """The one that waits longest, the urgent ones first, that nobody else is working on."""
    free = (
        Q(claimed_until=None)
        | Q(claimed_until__lte=now)
        | Q(claimed_by=by.member_id, claimed_by_staff=by.staff_id)
    )
    cases = Case.objects.filter(free, decided_at=None)
    if after is not None:
        cases = cases.exclude(pk=after.pk)
    return cases.order_by(*URGENT_FIRST).first()


def of_room(*, room_id: int, is_decided: bool, with_staffs: bool) -> QuerySet[Case]:
    """What moderators of the room may see at most: whether they rank above whom it is about is asked of each."""
    cases = Case.objects.filter(room_id=room_id, decided_at__isnull=not is_decided)
    return cases if with_staffs else cases.filter(is_for_staff=False)


def page(cases: QuerySet[Case], *, is_decided: bool, after: int | None, limit: int) -> list[Case]:
    """The waiting as URGENT_FIRST, the decided newest first; behind that case, whatever became of it."""
    ordered = cases.order_by("-case_id") if is_decided else cases.order_by(*URGENT_FIRST)
    before = None if after is None else Case.objects.filter(pk=after).first()
    if before is not None:
        ordered = ordered.filter(Q(case_id__lt=before.pk) if is_decided else _behind(before))
    return list(ordered[:limit])


def _behind(case: Case) -> Q:
    later = Q(due_at__gt=case.due_at) | Q(due_at=case.due_at, case_id__gt=case.pk)
    return Q(is_urgent=False) | Q(is_urgent=True) & later if case.is_urgent else Q(is_urgent=False) & later


def reasons_of(case: Case) -> dict[str, int]:
    """How often each was given, the commonest first."""
    reasons: dict[str, int] = {}
    for report in case.reports.all():
        reasons[report.reason] = reasons.get(report.reason, 0) + 1
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
