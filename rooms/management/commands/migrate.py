"""`manage.py migrate`, which also takes over the replaced server's tables, and goes on where it was interrupted.

Without the server's time limit on one statement: taking over a large table may copy it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.management.fitness import require_fit_database
from rooms.management.utf8mb4 import taking_every_character
from rooms.takeover.flaws import mend_flaws, rename_rooms
from rooms.takeover.rehearsal import rehearse, tell_strangeness
from rooms.takeover.resuming import resuming
from rooms.takeover.tables import is_taken_over, present_tables

TIME_LIMITS = ("read_timeout", "write_timeout")
LOOKING_ONLY = ("plan", "check_unapplied", "prune")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with _without_time_limits(connection), _in_utc(connection), resuming(connection):
            takes_over = not is_taken_over(connection) and bool(present_tables(connection))
            if takes_over and (refusal := tell_strangeness(connection)):
                raise CommandError(refusal)
            require_fit_database(connection)
            if takes_over:
                self._take_over(connection, options)
            with nullcontext() if _only_looks(options) else taking_every_character(connection):
                super().handle(*args, **options)

    def _take_over(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> None:
        """Say what is found, and mend what is there."""
        if options["verbosity"] >= 1:
            for line in rehearse(connection):
                self.stdout.write(line)
        if not _only_looks(options):
            mend_flaws(connection)
            rename_rooms(connection)


def _only_looks(options: dict[str, Any]) -> bool:
    return any(options[name] for name in LOOKING_ONLY)


@contextmanager
def _without_time_limits(connection: BaseDatabaseWrapper) -> Iterator[None]:
    limits = connection.settings_dict["OPTIONS"]
    lifted = {name: limits.pop(name) for name in TIME_LIMITS if name in limits}
    if lifted:
        connection.close()
    try:
        yield
    finally:
        limits.update(lifted)
        if lifted:
            connection.close()


@contextmanager
def _in_utc(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Columns of the type `timestamp` become `datetime` in the session's time zone: ours is UTC."""
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
    yield
