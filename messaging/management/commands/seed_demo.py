"""Demo members, rooms and messages, for a first look and for trying things out. Running it again adds nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatproject.errors import ChatError, RoomNameTaken
from chatproject.tokens import NO_TOKEN, Caller, Role
from messaging.moderation_models import FilterRule
from messaging.store.services import Draft, store_messages
from rooms.management.migrated import require_migrated_database
from rooms.members.users import may_be_written
from rooms.models import Participant, Room
from rooms.moderation.roles import set_role
from rooms.moderation.rules import Rules, set_rules
from rooms.private_rooms import open_private_room
from rooms.selectors import group_room_named
from rooms.services import add_participant, mirror_member, open_group_room

MEMBERS: dict[int, tuple[str, Role]] = {
    1: ("민수", "ADMIN"),
    2: ("지은", "USER"),
    3: ("하늘", "USER"),
    4: ("서준", "USER"),
    5: ("유나", "USER"),
}
# who says what, and thereby who is in
GROUP_ROOMS: dict[str, list[tuple[int, str]]] = {
    "고민상담방": [
        (1, "어서 오세요! 여기서는 무슨 고민이든 편하게 이야기해 주세요."),
        (2, "안녕하세요. 요즘 새 직장에 적응하기가 쉽지 않네요."),
        (3, "저도 처음 석 달은 그랬어요. 어떤 점이 제일 힘드세요?"),
        (2, "회의에서 말을 꺼내기가 어려워요. 😥"),
    ],
    "개발자 라운지": [
        (4, "Django Channels로 채팅을 만들어 보신 분 계신가요?"),
        (1, "네, 메시지 순서는 데이터베이스에 맡기는 게 제일 편했어요."),
        (5, "오, 그 이야기 더 듣고 싶어요!"),
        (3, "저도요 👀"),
    ],
    "English Corner": [
        (4, "Shall we practise a little every evening?"),
        (2, "I'd love to!"),
    ],
}
# of a room that its owner made anew: who keeps it with them, and what is not said there as it is
COUNSELLING_ROOM, ITS_MANAGER = "고민상담방", 3
ITS_RULES: dict[str, FilterRule.Action] = {
    "오픈채팅*": FilterRule.Action.HOLD,
    "텔레그램": FilterRule.Action.HOLD,
    "시발": FilterRule.Action.BLOCK,
    "시발점": FilterRule.Action.ALLOW,
}
PRIVATE_ROOM: list[tuple[int, str]] = [
    (1, "지은 님, 적응은 좀 어떠세요?"),
    (2, "덕분에 조금씩 나아지고 있어요. 고마워요!"),
]


class Command(BaseCommand):
    help = "Make demo members, group rooms, a private room and messages. Running it again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also outside DEBUG")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError("This renames members 1 to 5; outside DEBUG it needs --force.")
        require_migrated_database()
        if not may_be_written():
            raise CommandError("The table users is the main server's: no members can be made there.")
        for member_id in MEMBERS:
            mirror_member(caller=_caller(member_id))
        for name, lines in GROUP_ROOMS.items():
            _say(_group_room(name, [member_id for member_id, _text in lines]), lines)
        (one, _hello), (other, _answer) = PRIVATE_ROOM
        room, _change = open_private_room(caller=_caller(one), other_member_id=other)
        _say(room, PRIVATE_ROOM)
        self.stdout.write(f"{len(MEMBERS)} members, {len(GROUP_ROOMS)} group rooms, 1 private room.")


def _caller(member_id: int) -> Caller:
    nickname, role = MEMBERS[member_id]
    return Caller(member_id=member_id, role=role, expires_at=0, nickname=nickname, issued_at=NO_TOKEN)


def _group_room(name: str, member_ids: Sequence[int]) -> Room:
    try:
        room = open_group_room(name=name, member_ids=member_ids, creator_id=member_ids[0])
        if name == COUNSELLING_ROOM:
            _keep(room, by=_caller(member_ids[0]))
        return room  # noqa: TRY300  # what follows is about a room that was there
    except RoomNameTaken:
        room = group_room_named(name=name)
        for member_id in member_ids:
            add_participant(room_id=room.room_id, member_id=member_id)
        return room


def _keep(room: Room, *, by: Caller) -> None:
    now = timezone.now()
    set_role(room_id=room.room_id, member_id=ITS_MANAGER, role=Participant.Role.MANAGER, by=by, now=now)
    set_rules(room_id=room.room_id, rules=Rules(is_counselling=True), by=by, now=now)
    for pattern, action in ITS_RULES.items():
        FilterRule.objects.create(room=room, pattern=pattern, action=action, made_by_id=by.member_id, made_at=now)


def _say(room: Room, lines: list[tuple[int, str]]) -> None:
    """Store the lines, each under a client id of its own that is the same every time."""
    drafts = [
        Draft(room.room_id, member_id, text, uuid5(NAMESPACE_URL, f"demo:{room.room_id}:{number}").hex)
        for number, (member_id, text) in enumerate(lines)
    ]
    for result in store_messages(drafts, now=timezone.now()):
        if isinstance(result, ChatError):
            raise result
