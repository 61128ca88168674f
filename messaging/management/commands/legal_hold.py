"""Legal holds from the shell: made, listed, lifted, and what they keep handed over. All of it is logged."""

import json
from argparse import RawDescriptionHelpFormatter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_date

from chatproject.days import start_of
from chatproject.errors import ChatError
from messaging.file_models import File
from messaging.files.storage.naming import kept_name
from messaging.personal.ending_holds import lift_hold, look_at, make_hold
from messaging.personal.holds import number_of_file
from messaging.personal_models import HeldRecord, LegalHold
from rooms.management.migrated import require_migrated_database

DESCRIPTION = """\
Keep what a member said, or what was said in a room, whatever is erased, deleted or too old, until an end.

  manage.py legal_hold make --member 7 --until 2027-06-30 --reason "서울중앙지법 2026-77"
  manage.py legal_hold make --room 42 --until 2027-06-30 --reason "…"
  manage.py legal_hold list
  manage.py legal_hold show 3 > hold-3.jsonl      what hold 3 has kept so far, a record on each line
  manage.py legal_hold file 118 photo.jpg         the file that record 118 is about
  manage.py legal_hold lift 3                     what it kept is deleted within seconds

What still stands in a room is not copied: it is there. Making, lifting, showing and handing over are in the audit
log of the whole site. The end is the beginning of that day, in the time zone of the site.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        make = acts.add_parser("make")
        whose = make.add_mutually_exclusive_group(required=True)
        whose.add_argument("--member", type=int, metavar="ID", dest="member_id")
        whose.add_argument("--room", type=int, metavar="ID", dest="room_id")
        make.add_argument("--until", required=True, metavar="DAY", help="such as 2027-06-30")
        make.add_argument("--reason", required=True, help="the law or order behind it")
        acts.add_parser("list")
        for act in ("show", "lift"):
            acts.add_parser(act).add_argument("hold", type=int, metavar="HOLD")
        file = acts.add_parser("file")
        file.add_argument("record", type=int, metavar="RECORD")
        file.add_argument("path", type=Path, metavar="FILE")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        require_migrated_database()
        now = timezone.now()
        match act:
            case "make":
                self._make(options, now)
            case "list":
                self._list(now)
            case "show":
                self._show(options["hold"], now)
            case "file":
                self._hand_over(options["record"], options["path"], now)
            case _:
                if not lift_hold(hold_id=options["hold"], staff_id=None, now=now):
                    raise CommandError("There is no such hold, or it has ended.")
                self.stdout.write(f"Hold {options['hold']} is lifted.")

    def _make(self, options: dict[str, Any], now: datetime) -> None:
        try:
            day = parse_date(options["until"])
        except ValueError:
            day = None
        if day is None:
            raise CommandError("--until is a day, such as 2027-06-30.")
        whose = {name: options[name] for name in ("member_id", "room_id", "reason")}
        try:
            hold = make_hold(**whose, until=start_of(day), staff_id=None, now=now)
        except ChatError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"Hold {hold.pk} keeps what is about to go until {day}.")

    def _list(self, now: datetime) -> None:
        for hold in LegalHold.objects.annotate(kept=Count("records")).order_by("pk"):
            whose = f"room {hold.room_id}" if hold.member_id is None else f"member {hold.member_id}"
            end = hold.lifted_at or hold.until
            state = "until" if end > now else "ended"
            self.stdout.write(f"{hold.pk}\t{whose}\t{state} {timezone.localdate(end)}\t{hold.kept}\t{hold.reason}")

    def _show(self, hold_id: int, now: datetime) -> None:
        if not LegalHold.objects.filter(pk=hold_id).exists():
            raise CommandError("There is no such hold.")
        for record_id in HeldRecord.objects.filter(hold=hold_id).order_by("pk").values_list("pk", flat=True):
            record = look_at(record_id=record_id, staff_id=None, now=now)
            if record is not None:
                self.stdout.write(json.dumps(_line(record), ensure_ascii=False))

    def _hand_over(self, record_id: int, path: Path, now: datetime) -> None:
        record = look_at(record_id=record_id, staff_id=None, now=now)
        if record is None or record.kind != HeldRecord.Kind.FILE:
            raise CommandError("There is no such record of a file.")
        key = File.objects.filter(pk=number_of_file(record.contents)).values_list("key", flat=True).first()
        if key is None:
            raise CommandError("The file does not lie in the store any more.")
        with storages["default"].open(kept_name(key, "")) as kept, path.open("wb") as out:
            for chunk in kept.chunks():
                out.write(chunk)
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes")


def _line(record: HeldRecord) -> dict[str, Any]:
    return {
        "record": record.pk,
        "kind": record.kind,
        "roomId": record.room_id,
        "seq": record.seq,
        "memberId": record.member_id,
        "at": record.made_at.isoformat(),
        "keptAt": record.kept_at.isoformat(),
        "contents": json.loads(record.contents),
    }
