"""Makes a key of the server API from the shell, as staff."""

from argparse import RawDescriptionHelpFormatter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.server_api.models import Scope
from rooms.management.migrated import require_migrated_database
from rooms.moderation.server_keys import issue_key

NAME_MAX, DAYS_MAX = 100, 3_650
DESCRIPTION = """\
Print a new key for the main server: the only thing written to standard output, and shown this once.

  manage.py make_server_key main --scope rooms --scope notices
  manage.py make_server_key "night jobs" --scope rooms:read --days 90

It opens /v1/server/, see docs/server-api.md. The admin shows when it was used last, and ends it.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the audit log and the admin call it")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=Scope.values,
            dest="scopes",
            help="may be given several times",
        )
        parser.add_argument("--days", type=int, help="until it ends; default: until somebody ends it in the admin")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        name, days, now = options["name"].strip(), options["days"], timezone.now()
        if not 0 < len(name) <= NAME_MAX:
            raise CommandError(f"A name has 1 to {NAME_MAX} characters.")
        if days is not None and not 0 < days <= DAYS_MAX:
            raise CommandError(f"Give --days a number from 1 to {DAYS_MAX}.")
        new = issue_key(
            name=name,
            scopes=options["scopes"],
            ends_at=None if days is None else now + timedelta(days=days),
            staff_id=None,
            now=now,
        )
        self.stdout.write(new.shown)
