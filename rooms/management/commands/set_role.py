"""Says who owns or manages a group room. Sockets hear it by the next sweep, within seconds."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError
from rooms.management.migrated import require_migrated_database
from rooms.models import Participant
from rooms.moderation.ranks import staff
from rooms.moderation.roles import set_role

TEACHING = """
roles
  owner    one in a room: sets roles and the assistant, and all that managers may. Naming another one hands the
           room over: who owned it is a manager then. A room taken over from the old server has no owner until
           one is named here or in the admin.
  manager  at most 10: hide and delete messages, mute and remove members, slow mode, read-only, who may join,
           held messages and reports. They act only on those below them.
  member   everybody else.

examples
  manage.py set_role 12 345 owner      member 345 owns room 12
  manage.py set_role 12 678 manager    member 678 manages it too
  manage.py set_role 12 678 member     and does not any more

The member has to be in the room; put them in on the admin's page of the room. What was done is in the audit log.
"""


class Command(BaseCommand):
    help = "Make a member of a group room its owner, a manager, or a member again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, TEACHING
        parser.add_argument("room_id", type=int, metavar="ROOM", help="the room's number, as in the admin")
        parser.add_argument("member_id", type=int, metavar="MEMBER", help="the member's number")
        parser.add_argument(
            "role", metavar="ROLE", help="owner, manager or member", choices=Participant.Role.values
        )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        room_id, member_id, role = options["room_id"], options["member_id"], options["role"]
        try:
            change = set_role(room_id=room_id, member_id=member_id, role=role, by=staff(), now=timezone.now())
        except ChatError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "nothing to change" if change is None else f"member {member_id} is {role} of room {room_id}"
        )
