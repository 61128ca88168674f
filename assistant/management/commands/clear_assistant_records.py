"""`manage.py clear_assistant_records`: delete what is old of the assistant's use. For cron, once a day."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant.accounts.retention import clear_old_records
from chatproject.days import today
from rooms.management.migrated import require_migrated_database

DAYS_KEPT, DAYS_MOST = 90, 3_660


class Command(BaseCommand):
    help = (
        "Delete old records of the assistant: what each member and room used, and the runs that brought no answer."
        " The receipts of answers stay, and each day's sum."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=DAYS_KEPT, help=f"how many days are kept (default: {DAYS_KEPT})"
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if not 1 <= days <= DAYS_MOST:
            raise CommandError(f"--days is a number from 1 to {DAYS_MOST}.")
        require_migrated_database()
        cleared = clear_old_records(before=today() - timedelta(days=days))
        self.stdout.write(f"Deleted {cleared.usage} lines of use and {cleared.runs} runs without an answer.")
