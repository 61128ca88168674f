"""Reports and what became of them, by reason, in a half-year: the numbers of a transparency report. Only reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Q, QuerySet

from messaging.moderation.reasons import Reason
from messaging.moderation_models import Case, Report
from rooms.moderation_models import Objection, Sanction

WAITS = ""  # as an outcome: not decided yet


@dataclass(slots=True)
class Row:
    """Of one reason. `late`: decided after its time, or waiting beyond it."""

    reason: str
    received: int = 0
    by_outcome: dict[str, int] = field(default_factory=dict)
    late: int = 0


@dataclass(slots=True)
class Counts:
    rows: list[Row]
    total: Row
    flagged: int  # by the word filter; not among the reports of members
    cases: int
    median_wait: timedelta | None  # from a case's beginning to its decision
    measures: int
    objections: dict[str, int]  # by their decision


def count(begin: datetime, end: datetime, *, now: datetime) -> Counts:
    """What members reported from `begin` until before `end`, as it stands at `now`."""
    made = Report.objects.filter(made_at__gte=begin, made_at__lt=end)
    reports = made.filter(source=Report.Source.MEMBER)
    rows = {reason: Row(reason) for reason in Reason.values}
    for reason, outcome, number in _by_outcome(reports):
        row = rows.setdefault(reason, Row(reason))
        row.received += number
        row.by_outcome[outcome] = row.by_outcome.get(outcome, 0) + number
    too_late = Q(case__decided_at__gt=F("case__due_at")) | Q(case__decided_at=None, case__due_at__lt=now)
    for reason, number in reports.filter(too_late).order_by().values_list("reason").annotate(n=Count("*")):
        rows[reason].late = number
    cases = Case.objects.filter(opened_at__gte=begin, opened_at__lt=end)
    return Counts(
        rows=list(rows.values()),
        total=_total(list(rows.values())),
        flagged=made.filter(source=Report.Source.FILTER).count(),
        cases=cases.count(),
        median_wait=_median_wait(cases.exclude(decided_at=None).values_list("opened_at", "decided_at")),
        measures=Sanction.objects.filter(kind=Sanction.Kind.MEASURE, since__gte=begin, since__lt=end).count(),
        objections=_objections(begin, end),
    )


def _by_outcome(reports: QuerySet[Report]) -> list[tuple[str, str, int]]:
    return list(reports.order_by().values_list("reason", "case__outcome").annotate(n=Count("*")))


def _total(rows: list[Row]) -> Row:
    total = Row("")
    for row in rows:
        total.received += row.received
        total.late += row.late
        for outcome, number in row.by_outcome.items():
            total.by_outcome[outcome] = total.by_outcome.get(outcome, 0) + number
    return total


def _median_wait(times: Iterable[tuple[datetime, datetime | None]]) -> timedelta | None:
    waits = [(decided - opened).total_seconds() for opened, decided in times if decided is not None]
    return timedelta(seconds=round(median(waits))) if waits else None


def _objections(begin: datetime, end: datetime) -> dict[str, int]:
    made = Objection.objects.filter(made_at__gte=begin, made_at__lt=end).order_by()
    return dict(made.values_list("decision").annotate(n=Count("*")))
