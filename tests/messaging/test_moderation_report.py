"""`manage.py moderation_report`: the numbers for the half-yearly report, as a table and as CSV."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from messaging.management.commands.moderation_report import Command
from messaging.moderation import cases
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import HOUR, NOON, STAFF, report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(room: Room) -> None:
    say(room, "one", "two", sender_id=BOB)
    case = report(room, by=ALICE, seq=1, reason="spam").case
    report(room, by=ALICE, seq=2, reason="spam")
    cases.close(case, by=STAFF, outcome="hidden", reason="…", until=None, now=NOON + HOUR)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("moderation_report", *arguments, stdout=out)
    return out.getvalue()


def test_a_table_for_people(reported: None) -> None:
    lines = run("--half-year", "2026-2").splitlines()
    (spam,) = [line for line in lines if line.startswith("spam ")]
    assert spam.split()[-9:] == ["2", "0", "1", "0", "0", "0", "0", "1", spam.split()[-1]]
    assert {len(line) > 0 for line in lines} == {True, False}
    assert "광고" in spam


def test_csv_for_machines(reported: None) -> None:
    rows = list(csv.reader(StringIO(run("--half-year", "2026-2", "--format", "csv"))))
    by_key = {row[0]: row for row in rows if row}
    assert rows[0][0] == "2026-2"
    assert by_key["spam"][2:9] == ["2", "0", "1", "0", "0", "0", "0"]
    assert by_key["total"][2] == "2"
    assert by_key["median_hours"][2] == "1.0"
    assert by_key["objections"][2] == "0"


def test_another_half_year_has_none_of_it(reported: None) -> None:
    by_key = {row[0]: row for row in csv.reader(StringIO(run("--half-year", "2027-1", "--format", "csv"))) if row}
    assert by_key["total"][2] == "0"


def test_a_half_year_that_is_none_is_refused_with_what_to_give() -> None:
    with pytest.raises(CommandError, match="2026-1"):
        run("--half-year", "2026-7")


def test_the_help_teaches() -> None:
    text = Command().create_parser("manage.py", "moderation_report").format_help()
    for part in ("--half-year 2026-2 --format csv", "Late", "TIME_ZONE", "REPORT_DUE_HOURS"):
        assert part in text
