"""REST of acts on members: mutes, removals, and their ends."""

from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, ManagersOnly, MemberNotFound, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import INTEGER_ID, NOTHING, ROOM_ID_IN_PATH, Json, describe, in_path, query
from chatproject.room_errors import RankTooLow
from messaging.sanctioning import Asked, carry_out
from messaging.store.removing import HIDE_HOURS_MAX
from messaging.wire.client_frames import Lift, Mute, Remove
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS
from rooms.services import mirror_member

MEMBER_ID_IN_PATH = in_path("member_id", INTEGER_ID, "Whom it meets, in the room or not.", example=3)
OF_MEMBER = [ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH]
LIFTING = [
    *OF_MEMBER,
    query(
        "reason", {"type": "string", "maxLength": REASON_MAX_CHARACTERS}, "", example="사과했어요", required=False
    ),
]
UNREACHED: list[type[ChatError]] = [RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly, RankTooLow]
TIME: Json = {"type": "string", "format": "date-time"}
REASON: Json = {"type": "string", "minLength": 1, "maxLength": REASON_MAX_CHARACTERS}
MUTE_BODY: Json = {
    "type": "object",
    "properties": {"until": TIME, "reason": REASON},
    "required": ["until", "reason"],
}
REMOVAL_BODY: Json = {
    "type": "object",
    "properties": {
        "reason": REASON,
        "until": {"anyOf": [TIME, {"type": "null"}]},
        "hideHours": {"type": "integer", "minimum": 0, "maximum": HIDE_HOURS_MAX},
    },
    "required": ["reason"],
}

Reason = Annotated[str, Meta(max_length=REASON_MAX_CHARACTERS)]
Time = Annotated[str, Meta(max_length=40)]


class MuteBody(msgspec.Struct, frozen=True):
    until: Time
    reason: Reason


class RemovalBody(msgspec.Struct, frozen=True, rename="camel"):
    reason: Reason
    until: Time | None = None
    hide_hours: Annotated[int, Meta(ge=0, le=HIDE_HOURS_MAX)] = 0


class MemberMute(APIView):
    @describe(
        "Mute a member, 10 minutes to 28 days from now, in place of what held; who left, for when they come",
        parameters=OF_MEMBER,
        body=MUTE_BODY,
        data=NOTHING,
        refusals=[*UNREACHED, MemberNotFound],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Response:
        body = parse_body(request, MuteBody)
        room, member = parse_id(room_id), parse_id(member_id, name="memberId")
        return _do(request, Mute(room_id=room, member_id=member, until=body.until, reason=body.reason))

    @describe(
        "End a member's mute; fine where there is none", parameters=LIFTING, data=NOTHING, refusals=UNREACHED
    )
    def delete(self, request: Request, room_id: str, member_id: str) -> Response:
        room, member = parse_id(room_id), parse_id(member_id, name="memberId")
        return _do(request, Lift(room_id=room, member_id=member, act="mute", reason=_reason(request)))


class MemberRemoval(APIView):
    @describe(
        "Take a member out and keep them out; `hideHours` hides what they said in the last hours",
        parameters=OF_MEMBER,
        body=REMOVAL_BODY,
        data=NOTHING,
        refusals=[*UNREACHED, MemberNotFound],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Response:
        body = parse_body(request, RemovalBody)
        room, member = parse_id(room_id), parse_id(member_id, name="memberId")
        asked = Remove(
            room_id=room, member_id=member, reason=body.reason, until=body.until, hide_hours=body.hide_hours
        )
        return _do(request, asked)

    @describe(
        "Let a member come in again; puts nobody in, and is fine where nothing keeps them out",
        parameters=LIFTING,
        data=NOTHING,
        refusals=UNREACHED,
    )
    def delete(self, request: Request, room_id: str, member_id: str) -> Response:
        room, member = parse_id(room_id), parse_id(member_id, name="memberId")
        return _do(request, Lift(room_id=room, member_id=member, act="remove", reason=_reason(request)))


def _reason(request: Request) -> str:
    return request.query_params.get("reason", "")


def _do(request: Request, asked: Asked) -> Response:
    caller = caller_of(request)
    mirror_member(caller=caller)  # apart from the act's transaction: see `rooms.services`
    carry_out(request, asked, by=caller)
    return Response()
