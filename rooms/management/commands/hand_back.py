"""Gives the replaced server its database back: what is ours goes, what was said and read meanwhile stays."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.takeover import catalogue
from rooms.takeover.handing_back import SET_ASIDE, hand_back, is_something_left

COUNT_UNAUTHORED = "SELECT COUNT(*) FROM chat_messages WHERE user_id IS NULL"


class Command(BaseCommand):
    help = "Take out of the replaced server's database what is ours, so that it can run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it; without this nothing is changed")
        parser.add_argument("--author", type=int, metavar="ID", help="whose the assistant's messages become")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="an alias of DATABASES")

    def handle(self, *args: Any, **options: Any) -> None:
        connection, author_id = connections[options["database"]], options["author"]
        if connection.vendor != "mysql":
            raise CommandError("The replaced server runs on MySQL and MariaDB only.")
        if not is_something_left(connection):
            raise CommandError("There is nothing to hand back.")
        if author_id is not None:
            _require_user(connection, author_id)
        [(count,)] = catalogue.rows(connection, COUNT_UNAUTHORED)
        kept = f"become those of user {author_id}" if author_id is not None else f"go into the table {SET_ASIDE}"
        self.stdout.write(f"{count:,} messages that no user wrote {kept}.")
        if not options["yes"]:
            self.stdout.write("Nothing was changed. Stop this server, take a dump, then say --yes.")
            return
        hand_back(connection, author_id=author_id)
        self.stdout.write("Done: the replaced server can start. `migrate` would take its tables over again.")


def _require_user(connection: BaseDatabaseWrapper, user_id: int) -> None:
    if not catalogue.rows(connection, "SELECT 1 FROM users WHERE user_id = %s", user_id):
        raise CommandError(f"There is no user {user_id}.")
