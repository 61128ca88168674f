"""Counts what was reported in a half-year and what became of it, for the report that the law asks for."""

import csv
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.moderation.counts import WAITS, Counts, Row, count
from messaging.moderation.half_years import HalfYear
from messaging.moderation.reasons import reason_label
from messaging.moderation_models import Case
from rooms.management.migrated import require_migrated_database

HELP = """\
Count the reports of a half-year by reason and by what became of them, as they stand now.

  moderation_report                            the half-year that we are in, as a table
  moderation_report --half-year 2026-2         July to December 2026, by the days of TIME_ZONE
  moderation_report --half-year 2026-2 --format csv > 2026-2.csv

A report counts in the half-year in which it was made; its outcome is that of its case, which several reports may
share. "Late" are those decided after their time (REPORT_DUE_HOURS, one hour where somebody may be in danger) and
those that wait beyond it. Below: what the word filter flagged, cases, the median time to a decision, temporary
measures (at most 30 days), objections. Nobody's name or words are in it.
"""
OUTCOMES = (*Case.Outcome.values, WAITS)


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--half-year", metavar="YEAR-N", help="2026-1: January to June; 2026-2: July to December"
        )
        parser.add_argument("--format", choices=["table", "csv"], default="table", help="table (default) or csv")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        zone, now = ZoneInfo(settings.TIME_ZONE), timezone.now()
        try:
            half_year = HalfYear.of(options["half_year"]) if options["half_year"] else HalfYear.at(now, zone)
        except ValueError:
            raise CommandError(
                "Give a half-year as 2026-1 (January to June) or 2026-2 (July to December)."
            ) from None
        counts = count(*half_year.bounds(zone), now=now)
        if options["format"] == "csv":
            csv.writer(self.stdout, lineterminator="\n").writerows(_lines(half_year, counts))
        else:
            self._write_table(list(_lines(half_year, counts)))

    def _write_table(self, lines: list[list[str]]) -> None:
        columns = max(len(line) for line in lines)
        widths = [
            max(_width(line[at]) for line in lines if len(line) > 2 and len(line) > at) for at in range(columns)
        ]
        for line in lines:
            cells = [
                _padded(cell, width, is_text=at < 2)
                for at, (cell, width) in enumerate(zip(line, widths, strict=False))
            ]
            self.stdout.write("  ".join(cells).rstrip())


def _lines(half_year: HalfYear, counts: Counts) -> Iterator[list[str]]:
    labels = [str(Case.Outcome(outcome).label) if outcome else _("waiting") for outcome in OUTCOMES]
    yield [str(half_year), _("reason"), _("received"), *labels, _("late")]
    for row in [*counts.rows, counts.total]:
        yield _line(row)
    yield []
    wait = counts.median_wait
    yield ["flagged_by_filter", _("flagged by the filter"), str(counts.flagged)]
    yield ["cases", _("cases"), str(counts.cases)]
    yield [
        "median_hours",
        _("median hours to a decision"),
        "" if wait is None else f"{wait.total_seconds() / 3600:.1f}",
    ]
    yield ["measures", _("temporary measures"), str(counts.measures)]
    yield ["objections", _("objections"), str(sum(counts.objections.values()))]
    yield ["objections_granted", _("objections granted"), str(counts.objections.get("granted", 0))]
    yield ["objections_upheld", _("objections not granted"), str(counts.objections.get("upheld", 0))]


def _line(row: Row) -> list[str]:
    name = [row.reason or "total", reason_label(row.reason) if row.reason else _("total")]
    numbers = [row.received, *(row.by_outcome.get(outcome, 0) for outcome in OUTCOMES), row.late]
    return [*name, *map(str, numbers)]


def _width(cell: str) -> int:
    """In columns of a terminal, where Hangul takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def _padded(cell: str, width: int, *, is_text: bool) -> str:
    gap = " " * (width - _width(cell))
    return cell + gap if is_text else gap + cell
