"""REST of what was done: a member's own sanctions and objections, a room's sanctions and its log for managers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id, query_integer
from chatproject.http.openapi import (
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
    query,
)
from chatproject.room_errors import NothingThere, TooLateToObject
from messaging.views_mine import limit_of, limit_parameter
from messaging.wire.times import wire_time
from rooms.moderation import objections, sanction_lists
from rooms.moderation.objections import WORDS_MAX_CHARACTERS
from rooms.moderation.ranks import Acting
from rooms.moderation.sanction_lists import PAGE_DEFAULT, PAGE_MAX, Page
from rooms.services import mirror_member

SANCTION_ID_IN_PATH = in_path("sanction_id", INTEGER_ID, "One of the caller's own.", example=12)
NO_MANAGER: list[type[ChatError]] = [RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly]
BEFORE = query("before", INTEGER_ID, "The `next` of the page before.", example=17, required=False)
LIMIT = limit_parameter(maximum=PAGE_MAX, default=PAGE_DEFAULT)
TIME: Json = {"type": "string", "format": "date-time"}
TEXT: Json = {"type": "string"}
PERSON = optional(object_of(memberId=INTEGER_ID, nickName=TEXT))
TERMS: dict[str, Json] = {
    "sanctionId": INTEGER_ID,
    "roomId": INTEGER_ID,
    "act": {"enum": ["remove", "mute", "hide", "measure"]},
    "seq": optional(INTEGER_ID),
    "reason": TEXT,
    "by": {"enum": ["manager", "owner", "staff"]},
    "since": TIME,
    "until": optional(TIME),
    "liftedAt": optional(TIME),
    "isInForce": {"type": "boolean"},
}
OBJECTION = optional(
    object_of(
        words=TEXT,
        madeAt=TIME,
        decision=optional({"enum": ["granted", "upheld"]}),
        answer=TEXT,
        decidedAt=optional(TIME),
    )
)
OWN = object_of(**TERMS, roomName=TEXT, objectUntil=TIME, mayObject={"type": "boolean"}, objection=OBJECTION)
OF_ROOM = object_of(**TERMS, member=PERSON, imposedBy=PERSON, liftedBy=PERSON)
LINE = object_of(
    number=INTEGER_ID,
    at=TIME,
    act=TEXT,
    by={"enum": ["member", "staff", "filter", "assistant", "clock", "server"]},
    actor=PERSON,
    member=PERSON,
    seq=optional(INTEGER_ID),
    reason=TEXT,
    until=optional(TIME),
    details={"type": "object"},
)
TERMS_EXAMPLE = {
    "sanctionId": 12,
    "roomId": 1,
    "act": "mute",
    "seq": None,
    "reason": "도배",
    "by": "manager",
    "since": "2026-11-29T09:00:00.123456Z",
    "until": "2026-11-29T10:00:00.000000Z",
    "liftedAt": None,
    "isInForce": True,
}
OWN_EXAMPLE = {
    **TERMS_EXAMPLE,
    "roomName": "고민상담방",
    "objectUntil": "2027-06-01T09:00:00.123456Z",
    "mayObject": True,
    "objection": None,
}
ALICE, BOB = {"memberId": 7, "nickName": "지은"}, {"memberId": 3, "nickName": "민수"}
OF_ROOM_EXAMPLE = {**TERMS_EXAMPLE, "member": BOB, "imposedBy": ALICE, "liftedBy": None}
LINE_EXAMPLE = {
    "number": 4,
    "at": "2026-11-29T09:00:00.123456Z",
    "act": "mute",
    "by": "member",
    "actor": ALICE,
    "member": BOB,
    "seq": None,
    "reason": "도배",
    "until": "2026-11-29T10:00:00.000000Z",
    "details": {},
}


class ObjectionBody(msgspec.Struct, frozen=True):
    words: Annotated[str, msgspec.Meta(max_length=WORDS_MAX_CHARACTERS)]


class MySanctions(APIView):
    @describe(
        "What was done to the caller, the newest first: why, until when, by whom by their rank, and how to object",
        parameters=[BEFORE, LIMIT],
        data=object_of(sanctions=list_of(OWN), next=optional(INTEGER_ID)),
        example={"sanctions": [OWN_EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Response:
        before, limit = _cursor(request)
        member_id = mirror_member(caller=caller_of(request)).member_id
        page = sanction_lists.my_sanctions(member_id=member_id, before=before, limit=limit, now=timezone.now())
        return _paged("sanctions", page)


class ObjectToSanction(APIView):
    @describe(
        "Object to what was done to the caller: once, within six months; staff answer",
        parameters=[SANCTION_ID_IN_PATH],
        body=object_of(words={"type": "string", "minLength": 1, "maxLength": WORDS_MAX_CHARACTERS}),
        data=object_of(objectionId=INTEGER_ID),
        example={"objectionId": 5},
        refusals=[NothingThere, TooLateToObject],
    )
    def post(self, request: Request, sanction_id: str) -> Response:
        number, words = parse_id(sanction_id, name="sanctionId"), parse_body(request, ObjectionBody).words
        member_id = mirror_member(caller=caller_of(request)).member_id
        objection = objections.object_to(sanction_id=number, member_id=member_id, words=words, now=timezone.now())
        return Response({"objectionId": objection.objection_id})


class RoomSanctions(APIView):
    @describe(
        "For managers: what holds in the room, the newest first; with `ended` also what has ended",
        parameters=[
            ROOM_ID_IN_PATH,
            BEFORE,
            LIMIT,
            query("ended", {"type": "integer", "minimum": 0, "maximum": 1}, "", example=1, required=False),
        ],
        data=object_of(sanctions=list_of(OF_ROOM), next=optional(INTEGER_ID)),
        example={"sanctions": [OF_ROOM_EXAMPLE], "next": None},
        refusals=NO_MANAGER,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, (before, limit) = parse_id(room_id), _cursor(request)
        with_ended = bool(query_integer(request, "ended", maximum=1, default=0))
        _require_sight(request, room)
        page = sanction_lists.room_sanctions(
            room_id=room, before=before, limit=limit, with_ended=with_ended, now=timezone.now()
        )
        return _paged("sanctions", page)


class RoomLog(APIView):
    @describe(
        "For managers: the room's audit log, the newest entry first",
        parameters=[ROOM_ID_IN_PATH, BEFORE, LIMIT],
        data=object_of(entries=list_of(LINE), next=optional(INTEGER_ID)),
        example={"entries": [LINE_EXAMPLE], "next": None},
        refusals=NO_MANAGER,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, (before, limit) = parse_id(room_id), _cursor(request)
        acting = _require_sight(request, room)
        return _paged("entries", sanction_lists.room_log(room_id=room, acting=acting, before=before, limit=limit))


def _cursor(request: Request) -> tuple[int | None, int]:
    limit = limit_of(request, maximum=PAGE_MAX, default=PAGE_DEFAULT)
    return query_integer(request, "before", minimum=1), limit


def _require_sight(request: Request, room_id: int) -> Acting:
    caller = caller_of(request)
    mirror_member(caller=caller)
    return sanction_lists.require_sight(room_id=room_id, caller=caller)


def _paged(name: str, page: Page) -> Response:
    return Response({name: [_wired(entry) for entry in page.entries], "next": page.next_before})


def _wired(entry: Mapping[str, Any]) -> dict[str, Any]:
    """With wire times."""
    return {key: _wire_value(value) for key, value in entry.items()}


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return wire_time(value)
    return _wired(value) if isinstance(value, Mapping) else value
