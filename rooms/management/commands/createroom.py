"""Makes a group room from the shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatproject.errors import ChatError
from rooms.management.migrated import require_migrated_database
from rooms.services import open_group_room


class Command(BaseCommand):
    help = "Make a group room, with members in it if you like; prints its number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="2 to 50 characters, not taken by another room")
        parser.add_argument(
            "--member", type=int, nargs="*", default=[], metavar="ID", dest="member_ids", help="numbers of members"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        try:
            room = open_group_room(name=options["name"], member_ids=options["member_ids"])
        except ChatError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(room.room_id))
