"""`manage.py assistant_usage`: what the assistant used and how its answers went, a line for each day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant.accounts.usage import DayOfUse, daily_use
from chatproject.days import today
from rooms.management.migrated import require_migrated_database

DAYS_MOST = 3_660
COLUMNS = ("       day", " calls", "    tokens", "answers", "not answered", "retries", "first word ms")


class Command(BaseCommand):
    help = "Print what the assistant used and how its answers went, day by day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="how many days, today among them (default: 7)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if not 1 <= days <= DAYS_MOST:
            raise CommandError(f"--days is a number from 1 to {DAYS_MOST}.")
        require_migrated_database()
        used = daily_use(days=days, today=today())
        self.stdout.write("calls and tokens: answers, drafts and summaries; the rest: answers in rooms")
        for cells in (COLUMNS, *map(_cells, used), _total(used)):
            self.stdout.write(
                "  ".join(f"{cell:>{len(column)}}" for cell, column in zip(cells, COLUMNS, strict=True))
            )


def _cells(day: DayOfUse) -> tuple[str, ...]:
    return (
        f"{day.day}",
        str(day.calls),
        str(day.tokens),
        str(day.answers),
        str(day.not_answered),
        str(day.retries),
        "-" if day.first_word_ms is None else str(day.first_word_ms),
    )


def _total(days: list[DayOfUse]) -> tuple[str, ...]:
    summed = [(day.calls, day.tokens, day.answers, day.not_answered, day.retries) for day in days]
    return ("total", *(str(sum(column)) for column in zip(*summed, strict=True)), "")
