"""Names and deletes what lies in the file store without a row, once a backup of the database was put back."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.file_errors import FileStoreUnavailable
from messaging.file_models import File
from messaging.files.ending.leftovers import LEFT_AFTER, leftover_files
from messaging.files.storage.naming import COMING, KEPT, kept_name
from messaging.files.storage.places import Lying, Place, place_of_settings
from messaging.personal.holds import active_holds
from rooms.management.migrated import require_migrated_database

DELETED_AT_ONCE = 100
NEWEST = 50  # of the files that are looked for first

DESCRIPTION = """\
Say what lies in the file store (FILES_URL) though this database has no row of it: after a backup was put back,
files that members sent since. Nobody gets them, and nothing else takes them away.

  manage.py leftover_files                its names, older than two days
  manage.py leftover_files --days 30      older than that
  manage.py leftover_files --delete       and delete it

Delete nothing while a newer state of the database may still be put back, nor where another database has the same
store: its files look just so.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=LEFT_AFTER.days, help="written longer ago than so many")
        parser.add_argument("--delete", action="store_true")
        despite = "delete although legal holds are active: whose files these were nobody can tell"
        parser.add_argument("--despite-holds", action="store_true", help=despite)

    def handle(self, *args: Any, days: int, delete: bool, despite_holds: bool, **options: Any) -> None:
        require_migrated_database()
        now = timezone.now()
        if days < LEFT_AFTER.days:
            raise CommandError(f"--days is {LEFT_AFTER.days} at least: what is younger may be on its way.")
        if delete and not despite_holds and active_holds(now).exists():
            raise CommandError("Legal holds are active, and may want some of it. See --despite-holds.")
        place = place_of_settings()
        try:
            if delete and not _is_its_store(place):
                raise CommandError("None of the newest files of this database lies there: is it another's store?")
            left = [
                one for page in _pages(place) for one in leftover_files(page, before=now - timedelta(days=days))
            ]
            for one in left:
                self.stdout.write(one.name)
            if delete:
                _delete(place, [one.name for one in left])
        except FileStoreUnavailable as error:
            raise CommandError("The file store does not answer: see the log.") from error
        size = sum(one.size for one in left)
        self.stderr.write(f"{len(left)} without a row, {size:,} bytes{', deleted' if delete else ''}.")


def _is_its_store(place: Place) -> bool:
    newest = File.objects.filter(state=File.State.READY).order_by("-pk").values_list("key", flat=True)
    return any(place.size_of(kept_name(key)) is not None for key in newest[:NEWEST])


def _pages(place: Place) -> Iterator[list[Lying]]:
    for folder in (COMING, KEPT):
        after: str | None = ""
        while after is not None:
            page = place.page(folder, after=after)
            yield page.lying
            after = page.after


def _delete(place: Place, names: list[str]) -> None:
    for begin in range(0, len(names), DELETED_AT_ONCE):
        place.delete(names[begin : begin + DELETED_AT_ONCE])
