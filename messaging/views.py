"""REST of rooms in use: coming and going, the history, read marks. Live sockets are told."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import (
    BlockedFromRoom,
    InvalidInput,
    InviteEnded,
    JoinAsked,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
    WrongJoinCode,
)
from chatproject.http.api import caller_of, parse_body, parse_id, query_integer
from chatproject.http.encoded import encoded_list
from chatproject.http.openapi import (
    COUNT,
    NOTHING,
    ROOM_ID_IN_PATH,
    describe,
    list_of,
    query,
    struct_schema,
)
from messaging.managers import tell_managers
from messaging.store import read_marks, selectors
from messaging.wire.protocol import MessageObject
from rooms.moderation import inviting
from rooms.moderation.join_codes import TYPED_MAX_CHARACTERS
from rooms.moderation.joining import WORDS_MAX, Asked
from rooms.services import join_group_room, leave_group_room, mirror_member
from rooms.telling import tell, tell_joined, tell_left

MESSAGE_EXAMPLE = {
    "roomId": 1,
    "seq": 4,
    "version": 5,
    "kind": "member",
    "senderId": 2,
    "nickName": "지은",
    "message": "안녕하세요!",
    "createdAt": "2026-11-22T09:00:00.123456Z",
    "clientId": "0190a3c4-7b1e-7cc2-9f00-0123456789ab",
    "replyTo": None,
    "editedAt": None,
    "deletedAt": None,
}


CODE = {"type": "string", "maxLength": TYPED_MAX_CHARACTERS}
INVITE_CODE = {"type": "string", "maxLength": inviting.CODE_MAX_CHARACTERS}
INVITE_EXAMPLE = "pXvH0mS8yRkq1uJ9wZ3a2A"
JOIN_BODY = {
    "type": "object",
    "properties": {
        "words": {"type": "string", "maxLength": WORDS_MAX, "description": "For the managers who let one in."}
    },
}


EPOCH_HEADER = OpenApiParameter(
    "Chat-Epoch",
    {"type": "string"},
    OpenApiParameter.HEADER,
    response=[200],
    description="In which the numbers and versions of these messages count, as `subscribed` says it.",
    examples=[OpenApiExample("an ordinary one", "5f0c9d2e8b7a4c13")],
)


def with_epoch(response: HttpResponse, request: Request) -> HttpResponse:
    """The answer, saying in which epoch its numbers count, where a chat server runs in this process."""
    server = getattr(request, "scope", {}).get("chat_server")
    if server is not None and server.epochs.current:
        response.headers[EPOCH_HEADER.name] = server.epochs.current
    return response


class JoinBody(msgspec.Struct, frozen=True):
    words: Annotated[str, Meta(max_length=WORDS_MAX)] = ""


class JoinGroupRoom(APIView):
    @describe(
        "Come into a group room; fine where one is in it",
        parameters=[
            ROOM_ID_IN_PATH,
            query("code", CODE, "Of a room that has one.", example="K7MPQ2XA", required=False),
            query("invite", INVITE_CODE, "Of an invitation.", example=INVITE_EXAMPLE, required=False),
        ],
        body=JOIN_BODY,
        data=NOTHING,
        refusals=[RoomNotFound, NotGroupRoom, BlockedFromRoom, WrongJoinCode, InviteEnded, JoinAsked],
    )
    def post(self, request: Request, room_id: str) -> Response:
        number, code = parse_id(room_id), request.query_params.get("code")
        invite = request.query_params.get("invite")
        if len(code or "") > TYPED_MAX_CHARACTERS or len(invite or "") > inviting.CODE_MAX_CHARACTERS:
            raise InvalidInput
        words = parse_body(request, JoinBody).words.strip()
        came = join_group_room(
            caller=caller_of(request),
            room_id=number,
            now=timezone.now(),
            code=code,
            words=words,
            invite=invite or None,
        )
        if isinstance(came, Asked):
            if came.is_new:
                tell_managers(request, number)
            raise JoinAsked(came.message)
        tell_joined(request, came)
        return Response()


class LeaveGroupRoom(APIView):
    @describe(
        "Leave a group room; the last one out deletes it",
        parameters=[ROOM_ID_IN_PATH],
        data=NOTHING,
        refusals=[RoomNotFound, NotGroupRoom],
    )
    def delete(self, request: Request, room_id: str) -> Response:
        change = leave_group_room(caller=caller_of(request), room_id=parse_id(room_id))
        tell_left(request, change)
        return Response()


class ReadHistory(APIView):
    @describe(
        "Messages of a room, oldest first; without a cursor the newest",
        parameters=[
            ROOM_ID_IN_PATH,
            query("before", COUNT, "Only messages with a lower seq.", example=101, required=False),
            query("after", COUNT, "Only messages with a higher seq.", example=0, required=False),
            query(
                "around",
                COUNT,
                "The message with this seq and as many before as behind it, without `before` and `after`.",
                example=50,
                required=False,
            ),
            query(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": selectors.HISTORY_MAX_MESSAGES,
                    "default": selectors.HISTORY_DEFAULT_MESSAGES,
                },
                "So many at most.",
                example=100,
                required=False,
            ),
        ],
        data=list_of(struct_schema(MessageObject)),
        example=[MESSAGE_EXAMPLE],
        headers=[EPOCH_HEADER],
        refusals=[RoomNotFound, NotInRoom],
    )
    def get(self, request: Request, room_id: str) -> HttpResponse:
        limit = query_integer(
            request,
            "limit",
            minimum=1,
            maximum=selectors.HISTORY_MAX_MESSAGES,
            default=selectors.HISTORY_DEFAULT_MESSAGES,
        )
        room, around = parse_id(room_id), query_integer(request, "around")
        before, after = query_integer(request, "before"), query_integer(request, "after")
        if around is not None and (before is not None or after is not None):
            raise InvalidInput(_("around stands alone, without before and after."))
        member_id = mirror_member(caller=caller_of(request)).member_id
        page = selectors.history(
            room_id=room, member_id=member_id, before=before, after=after, around=around, limit=limit
        )
        return with_epoch(encoded_list(page), request)


class MarkRead(APIView):
    @describe(
        "Mark a room read; never moves backwards",
        parameters=[
            ROOM_ID_IN_PATH,
            query("seq", COUNT, "Up to this message; without it, up to the newest.", example=4, required=False),
        ],
        data=NOTHING,
        refusals=[RoomNotFound, NotInRoom],
    )
    def post(self, request: Request, room_id: str) -> Response:
        room, seq = parse_id(room_id), query_integer(request, "seq")
        member_id = mirror_member(caller=caller_of(request)).member_id
        mark = read_marks.mark_read(room_id=room, member_id=member_id, seq=seq)
        tell(request, lambda server: server.reads.tell(room_id=room, member_id=member_id, mark=mark))
        return Response()
