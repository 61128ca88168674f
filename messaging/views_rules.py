"""REST of how a room is kept: its rules, roles and join code, and who asks to come in. Live sockets are told."""

from typing import Annotated, Any, Literal

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import (
    ChatError,
    ManagersOnly,
    MemberNotFound,
    NotGroupRoom,
    NotInRoom,
    RoomNameTaken,
    RoomNotFound,
)
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
)
from chatproject.room_errors import AlreadyDecided, NothingThere, RankTooLow, TooManyManagers
from messaging.acting import take_turn
from messaging.managers import tell_managers
from messaging.ruling import carry_out
from messaging.wire import client_frames
from messaging.wire.protocol import Role
from messaging.wire.times import wire_time
from rooms.models import DESCRIPTION_MAX_CHARACTERS, Room
from rooms.moderation import joining, rules
from rooms.moderation.admitting import decide_request
from rooms.moderation.join_codes import LENGTH, LETTERS
from rooms.moderation_models import JoinRequest
from rooms.services import mirror_member
from rooms.telling import tell_joined
from rooms.views import ROOM_NAME

MEMBER_ID_IN_PATH = in_path("member_id", INTEGER_ID, "", example=3)
NOT_A_MANAGER: list[type[ChatError]] = [RoomNotFound, NotInRoom, NotGroupRoom, ManagersOnly]
JOIN_CODE = {"type": "string", "pattern": f"^[{LETTERS}]{{{LENGTH}}}$"}
RULES_BODY = {
    "type": "object",
    "properties": {
        "slowSeconds": optional({"type": "integer", "minimum": 0, "maximum": rules.SLOW_MAX_S}),
        "readOnly": optional({"type": "boolean"}),
        "joining": optional({"type": "string", "enum": Room.Joining.values}),
        "roomName": optional(ROOM_NAME),
        "description": optional({"type": "string", "maxLength": DESCRIPTION_MAX_CHARACTERS}),
    },
}
ROLE_BODY = object_of(role={"type": "string", "enum": ["owner", "manager", "member"]})
REQUEST = object_of(
    memberId=INTEGER_ID,
    nickName={"type": "string"},
    words={"type": "string"},
    madeAt={"type": "string", "format": "date-time"},
)
REQUEST_EXAMPLE = {
    "memberId": 5,
    "nickName": "하늘",
    "words": "소개받고 왔어요.",
    "madeAt": "2026-11-29T09:00:00.123456Z",
}
DECISION_BODY = {
    "type": "object",
    "properties": {"admit": {"type": "boolean"}, "reason": {"type": "string", "maxLength": joining.WORDS_MAX}},
    "required": ["admit"],
}


class RulesBody(msgspec.Struct, frozen=True, rename="camel"):
    slow_seconds: Annotated[int, Meta(ge=0, le=rules.SLOW_MAX_S)] | None = None
    read_only: bool | None = None
    joining: Literal["open", "code", "approval"] | None = None
    room_name: str | None = None
    description: str | None = None


class RoleBody(msgspec.Struct, frozen=True):
    role: Role


class DecisionBody(msgspec.Struct, frozen=True):
    admit: bool
    reason: Annotated[str, Meta(max_length=joining.WORDS_MAX)] = ""


class SetRules(APIView):
    @describe(
        "Change the rules of a room, for its managers, and its name, for its owner; what is left out stays",
        parameters=[ROOM_ID_IN_PATH],
        body=RULES_BODY,
        data=NOTHING,
        refusals=[*NOT_A_MANAGER, RankTooLow, RoomNameTaken],
    )
    def put(self, request: Request, room_id: str) -> Response:
        number, body, caller = parse_id(room_id), parse_body(request, RulesBody), caller_of(request)
        mirror_member(caller=caller)
        wanted = client_frames.SetRules(room_id=number, **msgspec.structs.asdict(body))
        carry_out(request, wanted, by=caller)
        return Response()


class RenewJoinCode(APIView):
    @describe(
        "Give a room a new join code, for its managers; the one before it opens nothing any more",
        parameters=[ROOM_ID_IN_PATH],
        data=object_of(joinCode=JOIN_CODE),
        example={"joinCode": "K7MPQ2XA"},
        refusals=NOT_A_MANAGER,
    )
    def post(self, request: Request, room_id: str) -> Response:
        number, caller = parse_id(room_id), caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        return Response({"joinCode": rules.renew_code(room_id=number, by=caller, now=timezone.now())})


class SetRole(APIView):
    @describe(
        "Make a member a manager or a member again, for the owner; `owner` hands the room over",
        parameters=[ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH],
        body=ROLE_BODY,
        data=NOTHING,
        refusals=[*NOT_A_MANAGER, RankTooLow, MemberNotFound, TooManyManagers],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Response:
        number, target, caller = parse_id(room_id), parse_id(member_id, name="memberId"), caller_of(request)
        role = parse_body(request, RoleBody).role
        mirror_member(caller=caller)
        carry_out(request, client_frames.SetRole(room_id=number, member_id=target, role=role), by=caller)
        return Response()


class ListJoinRequests(APIView):
    @describe(
        "Who asks to come into a room, the first one first, for its managers",
        parameters=[ROOM_ID_IN_PATH],
        data=object_of(requests=list_of(REQUEST)),
        example={"requests": [REQUEST_EXAMPLE]},
        refusals=NOT_A_MANAGER,
    )
    def get(self, request: Request, room_id: str) -> Response:
        number, caller = parse_id(room_id), caller_of(request)
        mirror_member(caller=caller)
        found = joining.show_requests(room_id=number, caller=caller, now=timezone.now())
        return Response({"requests": [_request_object(one) for one in found]})


class DecideJoinRequest(APIView):
    @describe(
        "Let somebody in who asks to come, or turn them away, for managers",
        parameters=[ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH],
        body=DECISION_BODY,
        data=NOTHING,
        refusals=[*NOT_A_MANAGER, NothingThere, AlreadyDecided],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Response:
        number, target, caller = parse_id(room_id), parse_id(member_id, name="memberId"), caller_of(request)
        body = parse_body(request, DecisionBody)
        mirror_member(caller=caller)
        change = decide_request(
            room_id=number, member_id=target, admit=body.admit, reason=body.reason, by=caller, now=timezone.now()
        )
        tell_joined(request, change)
        tell_managers(request, number)
        return Response()


def _request_object(request: JoinRequest) -> dict[str, Any]:
    return {
        "memberId": request.member_id,
        "nickName": request.member.nickname,
        "words": request.words,
        "madeAt": wire_time(request.made_at),
    }
