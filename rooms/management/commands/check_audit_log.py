"""Reads the audit log from its beginning and says whether anybody changed it by hand."""

import re
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rooms.management.migrated import require_migrated_database
from rooms.moderation import audit
from rooms.moderation.audit import Head

HEAD = re.compile(r"(\d+) (\d+) ([0-9a-f]+)", re.ASCII)

DESCRIPTION = """\
Check that the audit log is whole: that no entry was changed, taken out or put in by hand.

Every room has its own chain of entries, numbered from 1; room 0 is the site. Each entry's digest is made of
the one before it, so a change shows in all that follow. What it cannot show is that the newest entries were
cut off, or the whole log written anew. For that, keep the ends of the chains elsewhere and compare later:

  manage.py check_audit_log --heads > /safe/place/heads-2026-11-29
  manage.py check_audit_log --expect /safe/place/heads-2026-11-29

Entries older than AUDIT_KEEP_DAYS go; then the chain itself says, in an entry of its own, where it begins.

Ends with 1 where anything is wrong. Servers may run meanwhile.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", action="store_true", help="print the chains' ends: room, number, digest")
        parser.add_argument(
            "--expect", type=Path, metavar="FILE", help="ends printed earlier, which must be there yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        faults = [f"room {found.room_id}, entry {found.number}: {found.why}" for found in audit.breaks()]
        if options["expect"] is not None:
            faults += [
                f"room {room_id}, entry {head.number}: it is not as it was"
                for room_id, head in _lost(options["expect"])
            ]
        if faults:
            raise CommandError("The audit log is not whole.\n" + "\n".join(faults))
        heads = audit.all_heads()
        if options["heads"]:
            for room_id, head in heads.items():
                self.stdout.write(f"{room_id} {head.number} {head.digest}")
        else:
            entries = sum(head.number - audit.beginning_of(room_id).number for room_id, head in heads.items())
            self.stdout.write(f"The audit log is whole: {entries:,} entries in {len(heads):,} chains.")


def _lost(path: Path) -> list[tuple[int, Head]]:
    """Those of the ends in the file that the log does not have. Raises CommandError where it is no such file."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    lost = []
    for line in filter(None, lines):
        if (found := HEAD.fullmatch(line)) is None:
            raise CommandError(f"{path} is not what --heads printed: {line[:80]!r}")
        room_id, head = int(found[1]), Head(int(found[2]), found[3])
        if not audit.is_kept(room_id, head):
            lost.append((room_id, head))
    return lost
