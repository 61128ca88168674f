"""Erases members from the shell, as staff, and again those whose erasure a restored backup does not know."""

import asyncio
import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assistant import erasing
from chatproject.errors import ChatError
from chatproject.limits.shared import SharedLimits
from chatproject.management.commands.check_files import NO_LIMITS
from chatproject.tokens import MEMBER_ID_MAX
from messaging.files.storage.store import FileStore
from messaging.personal.erasing import orders
from messaging.personal.erasing.job import Eraser
from messaging.personal.erasing.orders import receipt_object
from messaging.personal_models import Erasure
from messaging.server import ChatServer
from messaging.store.database import Database
from messaging.wire.times import moment_of
from rooms.management.migrated import require_migrated_database
from rooms.models import Member, shown_nickname
from rooms.moderation.audit import Actor

WAITS_S = 1.0  # while others end something first, or are at work on the same

DESCRIPTION = """\
Erase everything that members said and left here, in the name of staff. Nothing takes it back.

  manage.py erase_member 7
  manage.py erase_member 7 8 --reason "탈퇴 요청"
  manage.py erase_member --receipts > erasures.jsonl
  manage.py erase_member --again erasures.jsonl

Their tokens are refused and their sockets end at once; what they said becomes empty tombstones, which clients see
as they go; files, reactions, mentions, held messages, searches' traces and all else go with it. What a law or
an order wants kept is kept by a hold: make it BEFORE. Where the main server has its own table of users, this does
not write to it: erase here first, then delete the user there.

Servers that run do their share; with none, this does it all. It ends when all is done, and prints the receipts. It
may be broken off at any time, also by kill -9: whoever runs next goes on.

At a terminal it asks once more, with names; --no-input does not.

--later      Only order it: servers do it within seconds, beside their other work.
--receipts   Print all orders, one JSON object a line. Keep them beside the backups, not in them.
--again      After a restore: order each erasure of that file again of which this database knows nothing.
"""


class Asked(NamedTuple):
    """A line of --again. Without a time the erasure is ordered unless the member has a receipt."""

    member_id: int
    asked_at: datetime | None


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("members", nargs="*", type=int, metavar="ID")
        parser.add_argument("--again", type=Path, metavar="FILE")
        parser.add_argument("--receipts", action="store_true")
        parser.add_argument("--later", action="store_true")
        parser.add_argument("--reason", default="", help="for the log")
        parser.add_argument("--no-input", action="store_true", help="ask nothing, also at a terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        given = [bool(options["members"]), options["again"] is not None, options["receipts"]]
        if sum(given) != 1:
            raise CommandError("Give members' numbers, or --again FILE, or --receipts.")
        if options["receipts"]:
            self._print(Erasure.objects.order_by("pk").iterator())
            return
        members = options["members"] or [one.member_id for one in _unknown(_read(options["again"]))]
        if not all(1 <= one <= MEMBER_ID_MAX for one in members):
            raise CommandError(f"Members have numbers from 1 to {MEMBER_ID_MAX}.")
        if members and sys.stdin.isatty() and not options["no_input"]:
            self._ask_again(members)
        by, now = Actor.staff(None), timezone.now()
        try:
            asked = [
                orders.ask(member_id=one, by=by, now=now, reason=options["reason"])
                for one in dict.fromkeys(members)
            ]
        except ChatError as error:
            raise CommandError(str(error)) from error
        numbers = [one.order.pk for one in asked]
        if not options["later"] and numbers:
            uvloop.run(_erase(numbers))
        receipts = Erasure.objects.filter(pk__in=numbers).order_by("pk")
        self._print(receipts)
        for one in receipts:
            if one.state == Erasure.State.DONE and not receipt_object(one)["counts"]:
                self.stderr.write(f"Nothing was found of member {one.member_id}: is the number right?")

    def _ask_again(self, members: Sequence[int]) -> None:
        """Raises CommandError unless a person says yes."""
        names = dict(Member.objects.filter(pk__in=members).values_list("pk", "nickname"))
        for one in members:
            name = shown_nickname(names[one], member_id=one) if one in names else "unknown here"
            self.stderr.write(f"  {one}  {name}", self.style.NOTICE)
        self.stderr.write("All that they said and left here is erased: nothing takes it back.", self.style.NOTICE)
        self.stderr.write("Type yes to go on: ", self.style.NOTICE, ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip() != "yes":
            raise CommandError("Nothing was erased.")

    def _print(self, receipts: Iterable[Erasure]) -> None:
        for one in receipts:
            self.stdout.write(json.dumps(receipt_object(one), ensure_ascii=False))


def _read(path: Path) -> Iterator[Asked]:
    """Lines as --receipts prints them, or nothing but members' numbers. Raises CommandError for anything else."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in filter(str.strip, lines):
            said = json.loads(line)
            if isinstance(said, int):
                yield Asked(said, None)
            else:
                yield Asked(int(said["memberId"]), moment_of(said["askedAt"]))
    except (OSError, ValueError, KeyError, TypeError, ChatError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _unknown(asked: Iterable[Asked]) -> Sequence[Asked]:
    """Those that this database was not asked for: the backup is older than they are."""
    return [one for one in list(asked) if not _knows(one)]


def _knows(asked: Asked) -> bool:
    theirs = Erasure.objects.filter(member_id=asked.member_id)
    return (theirs if asked.asked_at is None else theirs.filter(asked_at__gte=asked.asked_at)).exists()


async def _erase(numbers: Sequence[int]) -> None:
    """Work on whatever is ordered until these are done. By REDIS_URL the servers hear of each part at once."""
    chat_server = ChatServer(
        shared=SharedLimits(settings.REDIS_URLS),
        database=Database(readers=settings.DB_THREADS),
        layer_aliases=list(settings.CHANNEL_LAYERS) if settings.REDIS_URLS else [],
        limits=NO_LIMITS,
    )
    store = FileStore.of_settings()
    eraser = Eraser(
        database=chat_server.database,
        store=store,
        save=chat_server.writer.save,
        teller=chat_server,
        also=erasing.PHASES,
    )
    chat_server.start()
    try:
        while not await chat_server.run(_are_done, numbers):
            if not await eraser.step():
                await asyncio.sleep(WAITS_S)
    finally:
        await chat_server.stop()
        store.close()


def _are_done(numbers: Sequence[int]) -> bool:
    return not Erasure.objects.filter(pk__in=numbers).exclude(state=Erasure.State.DONE).exists()
