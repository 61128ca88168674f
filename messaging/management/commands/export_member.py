"""Writes a member's export into a file, from the shell, as staff. Servers may run meanwhile."""

import os
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError
from chatproject.tokens import MEMBER_ID_MAX
from messaging.files.storage.store import FileStore
from messaging.personal.exports.making import make_now
from messaging.personal.exports.text_parts import Order
from rooms.management.migrated import require_migrated_database
from rooms.moderation import audit
from rooms.moderation.audit import Actor
from rooms.selectors import require_member

DESCRIPTION = """\
Write all that is kept of a member into a zip: export.json, export.txt and their files. See docs/export.md.

  manage.py export_member 3 member-3.zip
  manage.py export_member 3 member-3.zip --language en --reason "request 2026-77"

The file is made for its owner alone (0600), and holds what the member said in private too: hand it to nobody but
the member, and delete it then. EXPORT_FILES_MB does not hold here: all files are in it. That it was made is in the
audit log.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member_id", type=int, metavar="ID")
        parser.add_argument("file", type=Path, metavar="FILE", help="to be made: what is there is never replaced")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of the text")
        parser.add_argument("--reason", default="", help="for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        member_id, path = options["member_id"], options["file"]
        if not 1 <= member_id <= MEMBER_ID_MAX:
            raise CommandError(f"Members have numbers from 1 to {MEMBER_ID_MAX}.")
        try:
            require_member(member_id=member_id)
            size = _write(Order(member_id, options["language"], timezone.now()), path, reason=options["reason"])
        except ChatError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"member {member_id}: {size:,} bytes in {path}")


def _write(order: Order, path: Path, *, reason: str) -> int:
    """Its bytes. What fails leaves no file."""
    store = FileStore.of_settings()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                _log(order, reason=reason)
                return make_now(order, file, store=store)
            except BaseException:
                path.unlink()
                raise
    finally:
        store.close()


def _log(order: Order, *, reason: str) -> None:
    deed = audit.Deed(
        room_id=audit.SITE,
        act="export_asked",
        by=Actor.staff(None),
        at=order.made_at,
        member_id=order.member_id,
        reason=reason,
    )
    audit.record(deed)
