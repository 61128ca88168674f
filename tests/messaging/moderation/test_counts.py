"""The numbers of a half-year: each report once, by its reason and its case's outcome."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from messaging.moderation import cases
from messaging.moderation.counts import WAITS, count
from messaging.moderation.half_years import HalfYear
from messaging.moderation_models import Report
from rooms.models import Room
from rooms.moderation_models import Objection, Sanction
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import DAY, HOUR, NOON, STAFF, report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

BEGIN, END = HalfYear(2026, 2).bounds(ZoneInfo("Asia/Seoul"))


def test_reports_are_counted_by_reason_and_outcome_and_lateness(room: Room) -> None:
    say(room, "one", "two", "three", "four", sender_id=BOB)
    say(room, "five", sender_id=ALICE)
    hidden = report(room, by=ALICE, seq=1).case
    report(room, by=ALICE, seq=2)
    late = report(room, by=ALICE, seq=3, reason="self_harm").case
    report(room, by=BOB, seq=5, now=BEGIN - timedelta(seconds=1))
    report(room, by=BOB, member_id=ALICE, now=END)
    flagged = report(room, by=BOB, now=NOON)
    Report.objects.filter(pk=flagged.pk).update(source="filter", reporter=None)
    cases.close(hidden, by=STAFF, outcome="hidden", reason="…", until=None, now=NOON + HOUR)
    cases.close(late, by=STAFF, outcome="cared", reason="…", until=None, now=NOON + 2 * HOUR)

    counts = count(BEGIN, END, now=NOON + DAY)
    rows = {row.reason: row for row in counts.rows}
    assert (rows["abuse"].received, rows["abuse"].by_outcome, rows["abuse"].late) == (
        2,
        {"hidden": 1, WAITS: 1},
        0,
    )
    assert (rows["self_harm"].by_outcome, rows["self_harm"].late) == ({"cared": 1}, 1)
    assert (counts.total.received, counts.total.late, counts.flagged, counts.cases) == (3, 1, 1, 4)
    assert counts.median_wait == 1.5 * HOUR
    assert count(BEGIN, END, now=NOON + 2 * DAY).total.late == 2  # one waits beyond its time


def test_measures_and_objections_are_counted(room: Room) -> None:
    usual = {"room": room, "member_id": BOB, "seq": 1}
    for kind, since in (("measure", NOON), ("measure", END), ("hide", NOON)):
        Sanction.objects.create(kind=kind, since=since, **usual)
    for sanction, decision in zip(Sanction.objects.all(), ("granted", "upheld", ""), strict=True):
        Objection.objects.create(sanction=sanction, words="no", made_at=NOON, decision=decision)
    counts = count(BEGIN, END, now=NOON)
    assert (counts.measures, counts.objections) == (1, {"granted": 1, "upheld": 1, "": 1})


def test_where_nothing_was_reported_every_reason_stands_with_nothing() -> None:
    counts = count(BEGIN, END, now=NOON)
    assert {row.received for row in counts.rows} == {0}
    assert counts.median_wait is None
