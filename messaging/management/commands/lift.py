"""Ends a mute or a removal from the shell, as staff."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError
from messaging.sanctioning import decide
from messaging.wire.client_frames import Lift
from rooms.management.migrated import require_migrated_database
from rooms.moderation import ranks

DESCRIPTION = """\
End a member's mute, or let a removed member come in again, in the name of staff.

  manage.py lift mute    --room 1 --member 3
  manage.py lift removal --room 1 --member 3 --reason "사과했어요"

Lifting a removal puts nobody into the room: the member may come in again. Says so where nothing holds. What was
lifted stays in the audit log, with the reason where one is given.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["mute", "removal"])
        parser.add_argument("--room", type=int, required=True, metavar="ID", dest="room_id")
        parser.add_argument("--member", type=int, required=True, metavar="ID", dest="member_id")
        parser.add_argument("--reason", default="", help="at most 200 characters; for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        asked = Lift(
            room_id=options["room_id"],
            member_id=options["member_id"],
            act="mute" if options["what"] == "mute" else "remove",
            reason=options["reason"],
        )
        try:
            outcome, _hidden = decide(asked, by=ranks.staff(), now=timezone.now())
        except ChatError as error:
            raise CommandError(str(error)) from error
        for told in outcome.told:
            self.stdout.write(f"sanction {told.sanction_id}: lifted")
        if not outcome.told:
            self.stdout.write("Nothing of the kind holds.")
