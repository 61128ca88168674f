"""REST of what is a member's own: the list of rooms, mentions over all of them, what they want to be told of."""

from typing import Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id, query_integer
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    list_of,
    object_of,
    optional,
    query,
    struct_schema,
)
from messaging.delivery.reads import own_room
from messaging.store import my_rooms, notifications
from messaging.store.notifications import KEYWORD_LENGTHS, KEYWORDS_MAX, Level
from messaging.store.own_places import set_own_place
from messaging.views import MESSAGE_EXAMPLE
from messaging.wire.protocol import MessageObject
from rooms.finding import RoomsCursor
from rooms.services import mirror_member
from rooms.telling import tell

LEVEL: Json = {"enum": ["all", "mentions", "none"]}
MESSAGE = struct_schema(MessageObject)
MY_ROOM = object_of(
    roomId=INTEGER_ID,
    roomName={"type": "string"},
    isGroupChat={"type": "boolean"},
    unReadCount=COUNT,
    lastSeq=COUNT,
    firstSeq=COUNT,
    readSeq=COUNT,
    pinned=optional(INTEGER_ID),
    mentionCount=COUNT,
    lastMessage=optional(MESSAGE),
    notify=LEVEL,
    description={"type": "string"},
    memberCount=COUNT,
    isPinned={"type": "boolean"},
    isHidden={"type": "boolean"},
    isMarkedUnread={"type": "boolean"},
    isCounselling={"type": "boolean"},
    allowsPreviews={"type": "boolean", "description": "Whether notifications may show what is said there."},
    otherMemberId=optional(INTEGER_ID),
)
MY_ROOM_EXAMPLE = {
    "roomId": 1,
    "roomName": "고민상담방",
    "isGroupChat": True,
    "unReadCount": 1,
    "lastSeq": 4,
    "firstSeq": 1,
    "readSeq": 3,
    "pinned": None,
    "mentionCount": 1,
    "lastMessage": {**MESSAGE_EXAMPLE, "mentions": [7]},
    "notify": "all",
    "description": "무엇이든 편하게 이야기해요.",
    "memberCount": 12,
    "isPinned": False,
    "isHidden": False,
    "isMarkedUnread": False,
    "isCounselling": False,
    "allowsPreviews": True,
    "otherMemberId": None,
}
MINE_BODY: Json = {
    "type": "object",
    "properties": {
        "pinned": optional({"type": "boolean"}),
        "hidden": optional({"type": "boolean", "description": "Only of private rooms."}),
        "unread": optional({"type": "boolean"}),
    },
}
NAMED_MESSAGE: Json = {
    **MESSAGE,
    "properties": {**MESSAGE["properties"], "roomName": {"type": "string"}},
    "required": [*MESSAGE["required"], "roomName"],
}
KEYWORDS = object_of(
    keywords={
        **list_of(
            {"type": "string", "minLength": KEYWORD_LENGTHS.start, "maxLength": KEYWORD_LENGTHS.stop - 1},
        ),
        "maxItems": KEYWORDS_MAX,
    }
)
KEYWORDS_EXAMPLE = {"keywords": ["배포", "django"]}


class KeywordsBody(msgspec.Struct, frozen=True):
    keywords: list[str]


class MineBody(msgspec.Struct, frozen=True):
    pinned: bool | None = None
    hidden: bool | None = None
    unread: bool | None = None


class LevelBody(msgspec.Struct, frozen=True):
    level: Level


def limit_of(request: Request, *, maximum: int, default: int) -> int:
    return query_integer(request, "limit", minimum=1, maximum=maximum, default=default)


def limit_parameter(*, maximum: int, default: int) -> Any:
    schema = {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}
    return query("limit", schema, "So many at most.", example=default, required=False)


class ListMyRooms(APIView):
    @describe(
        "The caller's rooms, the newest change first; with `limit` or `after` in pages",
        parameters=[
            limit_parameter(maximum=my_rooms.ROOMS_MAX, default=my_rooms.ROOMS_DEFAULT),
            query(
                "after",
                {"type": "string"},
                "The `next` of the page before.",
                example="1764147600123456-1",
                required=False,
            ),
        ],
        data={
            "oneOf": [list_of(MY_ROOM), object_of(rooms=list_of(MY_ROOM), next=optional({"type": "string"}))],
        },
        example=[MY_ROOM_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        wants_pages = bool(request.query_params.get("limit") or request.query_params.get("after"))
        limit = limit_of(request, maximum=my_rooms.ROOMS_MAX, default=my_rooms.ROOMS_DEFAULT)
        raw = request.query_params.get("after", "")
        after = RoomsCursor.of(raw) if raw else None
        member_id = mirror_member(caller=caller_of(request)).member_id
        if not wants_pages:
            return Response(my_rooms.my_rooms(member_id=member_id))
        rooms, next_page = my_rooms.my_rooms_page(member_id=member_id, after=after, limit=limit)
        return Response({"rooms": rooms, "next": next_page and str(next_page)})


class ListMyMentions(APIView):
    @describe(
        "The messages that mention the caller, or everyone in a room of theirs, the newest first",
        parameters=[
            query("before", INTEGER_ID, "The `next` of the page before.", example=17, required=False),
            limit_parameter(maximum=my_rooms.MENTIONS_MAX, default=my_rooms.MENTIONS_DEFAULT),
        ],
        data=object_of(messages=list_of(NAMED_MESSAGE), next=optional(INTEGER_ID)),
        example={
            "messages": [{**MESSAGE_EXAMPLE, "mentions": [7], "roomName": "고민상담방"}],
            "next": None,
        },
    )
    def get(self, request: Request) -> Response:
        before = query_integer(request, "before", minimum=1)
        limit = limit_of(request, maximum=my_rooms.MENTIONS_MAX, default=my_rooms.MENTIONS_DEFAULT)
        member_id = mirror_member(caller=caller_of(request)).member_id
        messages, next_page = my_rooms.my_mentions(member_id=member_id, before=before, limit=limit)
        return Response({"messages": messages, "next": next_page})


class MyNotifications(APIView):
    @describe("The caller's keywords", data=KEYWORDS, example=KEYWORDS_EXAMPLE)
    def get(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        return Response({"keywords": notifications.keywords_of(member_id=member_id)})

    @describe(
        "Let these be the caller's keywords; the answer is what is kept: composed, each once",
        body=KEYWORDS,
        data=KEYWORDS,
        example=KEYWORDS_EXAMPLE,
    )
    def put(self, request: Request) -> Response:
        words = parse_body(request, KeywordsBody).keywords
        member_id = mirror_member(caller=caller_of(request)).member_id
        return Response({"keywords": notifications.set_keywords(member_id=member_id, words=words)})


class RoomMine(APIView):
    @describe(
        "Pin a room in the caller's own list, hide it until something is said there, or mark it as unread",
        parameters=[ROOM_ID_IN_PATH],
        body=MINE_BODY,
        data=NOTHING,
        refusals=[RoomNotFound, NotInRoom],
    )
    def put(self, request: Request, room_id: str) -> Response:
        number, body = parse_id(room_id), parse_body(request, MineBody)
        member_id = mirror_member(caller=caller_of(request)).member_id
        own = set_own_place(
            room_id=number, member_id=member_id, pinned=body.pinned, hidden=body.hidden, unread=body.unread
        )
        tell(request, lambda server: server.tell_members([member_id], own_room(own)))
        return Response()


class RoomNotifications(APIView):
    @describe(
        "What the caller is told of in a room: every message, mentions and keywords, nothing",
        parameters=[ROOM_ID_IN_PATH],
        body=object_of(level=LEVEL),
        data=NOTHING,
        refusals=[RoomNotFound, NotInRoom],
    )
    def put(self, request: Request, room_id: str) -> Response:
        room, level = parse_id(room_id), parse_body(request, LevelBody).level
        member_id = mirror_member(caller=caller_of(request)).member_id
        notifications.set_level(room_id=room, member_id=member_id, level=level)
        return Response()
