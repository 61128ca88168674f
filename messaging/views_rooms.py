"""REST of rooms as they are shown: those that are found, and one by its number."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import RoomDeleted, RoomNotFound
from chatproject.http.api import caller_of, parse_id
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    list_of,
    object_of,
    optional,
    query,
    struct_schema,
)
from messaging.delivery.keeping import rules_frame
from messaging.store.cards import LAST_TEXT_MAX_CHARACTERS, room_cards
from messaging.views_mine import limit_of, limit_parameter
from messaging.views_rules import JOIN_CODE
from messaging.wire.room_frames import RoomRules
from rooms import finding
from rooms.deleted_rooms import require_not_deleted
from rooms.finding import RoomsCursor
from rooms.models import DESCRIPTION_MAX_CHARACTERS, Member
from rooms.moderation import rules
from rooms.selectors import require_visible_room
from rooms.services import mirror_member
from rooms.telling import tell_rules

_SAID = object_of(
    roomId=INTEGER_ID,
    roomName={"type": "string"},
    description={"type": "string", "maxLength": DESCRIPTION_MAX_CHARACTERS},
    memberCount=COUNT,
    isMine={"type": "boolean", "description": "The caller is in it."},
    lastAt=optional({"type": "string", "format": "date-time"}),
    lastText={
        "type": "string",
        "maxLength": LAST_TEXT_MAX_CHARACTERS,
        "description": "How the newest message begins; empty where only members may read it.",
    },
)
CARD: Json = {
    **_SAID,
    "title": "RoomCard",
    "properties": {
        **_SAID["properties"],
        "joining": {"type": "string", "enum": ["code", "approval"], "description": "Absent: open to everyone."},
        "asked": {"type": "boolean", "description": "The caller asks to come in."},
    },
}
CARD_EXAMPLE = {
    "roomId": 1,
    "roomName": "고민상담방",
    "description": "무엇이든 편하게 이야기해요.",
    "memberCount": 12,
    "isMine": False,
    "lastAt": "2026-11-22T09:00:00.123456Z",
    "lastText": "안녕하세요!",
}
_RULES = {key: value for key, value in struct_schema(RoomRules)["properties"].items() if key != "type"}
ROOM: Json = {
    **CARD,
    "title": "Room",
    "description": "From `ownerId` on: for who is in it, and for ADMINs.",
    "properties": {
        **CARD["properties"],
        "isGroupChat": {"type": "boolean"},
        **_RULES,
        "joinCode": JOIN_CODE,
    },
    "required": [*CARD["required"], "isGroupChat"],
}
ROOM_EXAMPLE = {
    **CARD_EXAMPLE,
    "isMine": True,
    "isGroupChat": True,
    "ownerId": 2,
    "managerIds": [3],
    "slowSeconds": 30,
    "joining": "code",
    "joinCode": "K7MPQ2XA",
    "role": "owner",
    "lastText": "",
}


class SearchRooms(APIView):
    @describe(
        "Group rooms by parts of their names, the newest change first",
        parameters=[
            query(
                "q",
                {"type": "string", "maxLength": finding.QUERY_MAX_CHARACTERS},
                "Words that a name holds, each anywhere: in any case, with an unfinished syllable, or 초성."
                " Without any, all rooms.",
                example="ㄱㅁ",
                required=False,
            ),
            query(
                "after",
                {"type": "string"},
                "The `next` of the page before.",
                example="1764147600123456-1",
                required=False,
            ),
            limit_parameter(maximum=finding.ROOMS_MAX, default=finding.ROOMS_DEFAULT),
        ],
        data=object_of(rooms=list_of(CARD), next=optional({"type": "string"})),
        example={"rooms": [CARD_EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Response:
        limit = limit_of(request, maximum=finding.ROOMS_MAX, default=finding.ROOMS_DEFAULT)
        words, raw = request.query_params.get("q", ""), request.query_params.get("after", "")
        after = RoomsCursor.of(raw) if raw else None
        member_id = mirror_member(caller=caller_of(request)).member_id
        found, next_page = finding.find_rooms(words=words, after=after, limit=limit)
        cards = room_cards(found, member_id=member_id, now=timezone.now())
        return Response({"rooms": cards, "next": next_page and str(next_page)})


class ShowRoom(APIView):
    @describe(
        "A room as everybody may see it; for those in it also its rules, and the join code for its managers",
        parameters=[ROOM_ID_IN_PATH],
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound, RoomDeleted],
    )
    def get(self, request: Request, room_id: str) -> Response:
        caller, number = caller_of(request), parse_id(room_id)
        member_id = mirror_member(caller=caller).member_id
        try:
            room, place = require_visible_room(room_id=number, member_id=member_id)
        except RoomNotFound:
            require_not_deleted(room_id=number, member_id=member_id, now=timezone.now())
            raise
        [card] = room_cards([room], member_id=member_id, now=timezone.now())
        card["isGroupChat"] = room.is_group_chat
        if place is None and caller.role != Member.Role.ADMIN:
            return Response(card)
        shown = rules.show_room(room=room, caller=caller, now=timezone.now())
        tell_rules(request, number, shown.mended)
        return Response(card | _rules_object(shown))


def _rules_object(shown: rules.ShownRoom) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(rules_frame(shown.rules, shown.personal, now=timezone.now()))
    del told["type"]
    return {**told, **({"joinCode": shown.join_code} if shown.join_code else {})}
