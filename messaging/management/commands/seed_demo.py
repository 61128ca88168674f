"""Demo members, rooms and messages, for a first look and for trying things out. Running it again adds nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatproject.errors import RoomNameTaken
from chatproject.tokens import Caller, Role
from rooms.selectors import group_room_named
from rooms.services import add_participant, mirror_member, open_group_room, open_private_room

MEMBERS: dict[int, tuple[str, Role]] = {
    1: ("민수", "ADMIN"),
    2: ("지은", "USER"),
    3: ("하늘", "USER"),
    4: ("서준", "USER"),
    5: ("유나", "USER"),
}
GROUP_ROOMS = {
    "고민상담방": (1, 2, 3),
    "개발자 라운지": (1, 3, 4, 5),
    "English Corner": (2, 4),
}
PRIVATE_ROOM = (1, 2)


class Command(BaseCommand):
    help = "Make a few demo members, group rooms and a private room. Running it again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also outside DEBUG")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError("This renames members 1 to 5; outside DEBUG it needs --force.")
        for member_id in MEMBERS:
            mirror_member(caller=_caller(member_id))
        for name, member_ids in GROUP_ROOMS.items():
            _seed_group_room(name, member_ids)
        one, other = PRIVATE_ROOM
        open_private_room(caller=_caller(one), other_member_id=other)
        self.stdout.write(f"{len(MEMBERS)} members, {len(GROUP_ROOMS)} group rooms, 1 private room.")


def _caller(member_id: int) -> Caller:
    nickname, role = MEMBERS[member_id]
    return Caller(member_id=member_id, role=role, expires_at=0, nickname=nickname)


def _seed_group_room(name: str, member_ids: tuple[int, ...]) -> None:
    try:
        open_group_room(name=name, member_ids=member_ids)
    except RoomNameTaken:
        room = group_room_named(name=name)
        for member_id in member_ids:
            add_participant(room_id=room.room_id, member_id=member_id)
