"""Mutes or removes a member from the shell, as staff: for three in the morning, and for scripts."""

from argparse import RawDescriptionHelpFormatter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError
from messaging.sanctioning import Asked, decide
from messaging.store.removing import HIDE_HOURS_MAX
from messaging.wire.client_frames import Mute, Remove
from messaging.wire.times import wire_time
from rooms.management.migrated import require_migrated_database
from rooms.moderation import ranks

DESCRIPTION = """\
Mute a member of a group room, or remove them, in the name of staff.

  manage.py sanction mute   --room 1 --member 3 --hours 1 --reason "도배"
  manage.py sanction remove --room 1 --member 3 --reason "욕설" --hide-hours 6
  manage.py sanction remove --room 1 --member 3 --reason "광고" --days 30

mute     The member reads on, but writes nothing: from 10 minutes to 28 days. Somebody who is not in the room
         is muted for when they come.
remove   The member is out at once and cannot come back, until the end or until `manage.py lift removal`.
         --hide-hours also hides what they said in the last hours.

The reason is told to whom it meets, with the end and how to object. A new mute or removal takes the place of
one that holds. What was done is in the audit log (the admin's page of that name) and can be lifted there, on
the page of sanctions, or by `manage.py lift`. Servers that run hear of it within seconds; they need no restart.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["mute", "remove"])
        parser.add_argument("--room", type=int, required=True, metavar="ID", dest="room_id")
        parser.add_argument("--member", type=int, required=True, metavar="ID", dest="member_id")
        parser.add_argument("--reason", required=True, help="1 to 200 characters; the member reads it")
        length = parser.add_mutually_exclusive_group()
        length.add_argument("--minutes", type=int, metavar="N")
        length.add_argument("--hours", type=int, metavar="N")
        length.add_argument("--days", type=int, metavar="N", help="without any of these: until it is lifted")
        parser.add_argument(
            "--hide-hours", type=int, default=0, metavar="N", help=f"of remove: 0 to {HIDE_HOURS_MAX}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        now = timezone.now()
        try:
            outcome, hidden = decide(_asked(options, until=_until(options)), by=ranks.staff(), now=now)
        except ChatError as error:
            raise CommandError(str(error)) from error
        for told in outcome.told:
            end = (
                "until it is lifted"
                if told.until is None
                else f"until {timezone.localtime(told.until):%F %H:%M %Z}"
            )
            self.stdout.write(f"sanction {told.sanction_id}: {told.act} of member {told.member_id}, {end}")
        if hidden:
            self.stdout.write(f"{len(hidden)} messages are hidden")


def _until(options: dict[str, Any]) -> str | None:
    """Raises CommandError for a length that is none."""
    given = {name: options[name] for name in ("minutes", "hours", "days") if options[name] is not None}
    if not given:
        return None
    [(name, number)] = given.items()
    try:
        return wire_time(timezone.now() + timedelta(**{name: number}))
    except OverflowError as error:
        raise CommandError(f"--{name} {number} is beyond all times") from error


def _asked(options: dict[str, Any], *, until: str | None) -> Asked:
    whom = {"room_id": options["room_id"], "member_id": options["member_id"], "reason": options["reason"]}
    if options["act"] == "remove":
        if not 0 <= options["hide_hours"] <= HIDE_HOURS_MAX:
            raise CommandError(f"--hide-hours takes 0 to {HIDE_HOURS_MAX}")
        return Remove(**whom, until=until, hide_hours=options["hide_hours"])
    if options["hide_hours"]:
        raise CommandError("--hide-hours goes with remove")
    if until is None:
        raise CommandError("a mute has an end: give --minutes, --hours or --days")
    return Mute(**whom, until=until)
