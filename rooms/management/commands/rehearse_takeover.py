"""Says what `migrate` would do with the replaced server's database. Changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from rooms.management.fitness import require_fit_database
from rooms.takeover.rehearsal import rehearse, tell_strangeness
from rooms.takeover.tables import is_taken_over, present_tables


class Command(BaseCommand):
    help = "Say what `migrate` would do with the replaced server's database. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="an alias of DATABASES")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if is_taken_over(connection) or not present_tables(connection):
            self.stdout.write("There is nothing to take over.")
            return
        if refusal := tell_strangeness(connection):
            raise CommandError(refusal)
        require_fit_database(connection)
        for line in rehearse(connection):
            self.stdout.write(line)
