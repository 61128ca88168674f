"""REST of what was reported in a room, for its managers: to look at, to claim, to decide."""

from typing import Annotated, Any

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import (
    ChatError,
    InvalidInput,
    ManagersOnly,
    MessageDeleted,
    MessageNotFound,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
)
from chatproject.http.api import caller_of, parse_body, parse_id, query_integer
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
    query,
    struct_schema,
)
from chatproject.room_errors import AlreadyDecided, ClaimedByAnother, MessageHidden, NothingThere, RankTooLow
from messaging import deciding, room_cases
from messaging.deciding import Decision
from messaging.moderation.evidence import Line
from messaging.moderation_models import Case
from messaging.views_mine import limit_of, limit_parameter
from messaging.views_reports import ABOUT, OUTCOME, REASON, TEXT, TIME
from messaging.wire.times import moment_of
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS
from rooms.services import mirror_member

CASE_IN_PATH = in_path("case_id", INTEGER_ID, "The case.", example=5)
OF_CASE = [ROOM_ID_IN_PATH, CASE_IN_PATH]
UNREACHED: list[type[ChatError]] = [RoomNotFound, NotInRoom, NotGroupRoom, ManagersOnly]
REFUSALS: list[type[ChatError]] = [*UNREACHED, RankTooLow, NothingThere, AlreadyDecided, ClaimedByAnother]
CASE = object_of(
    caseId=INTEGER_ID,
    roomId=INTEGER_ID,
    roomName=TEXT,
    about=ABOUT,
    seq=optional(INTEGER_ID),
    memberId=optional(INTEGER_ID),
    nickName=TEXT,
    reasons=list_of(object_of(reason=REASON, count=COUNT)),
    reportCount=COUNT,
    words=list_of(TEXT),
    evidence=list_of(struct_schema(Line)),
    urgent={"type": "boolean"},
    openedAt=TIME,
    dueAt=TIME,
    isLate={"type": "boolean"},
    claimedUntil=optional(TIME),
    isMine={"type": "boolean"},
    outcomes=list_of(OUTCOME),
    outcome=optional(OUTCOME),
    decision=TEXT,
    decidedAt=optional(TIME),
)
CASE_EXAMPLE: dict[str, Any] = {
    "caseId": 5,
    "roomId": 1,
    "roomName": "고민상담방",
    "about": "message",
    "seq": 4,
    "memberId": 3,
    "nickName": "서준",
    "reasons": [{"reason": "abuse", "count": 2}],
    "reportCount": 2,
    "words": ["계속 놀려요."],
    "evidence": [
        {
            "seq": 4,
            "kind": "member",
            "senderId": 3,
            "nickName": "서준",
            "message": "그것도 몰라요?",
            "createdAt": "2026-11-22T09:00:00.123456Z",
            "editedAt": None,
            "isGone": False,
            "attachments": [{"fileId": 31, "name": "고양이.jpg", "type": "image/jpeg", "size": 204800}],
        }
    ],
    "urgent": False,
    "openedAt": "2026-11-22T09:10:00.123456Z",
    "dueAt": "2026-11-23T09:10:00.123456Z",
    "isLate": False,
    "claimedUntil": None,
    "isMine": False,
    "outcomes": ["dismissed", "hidden", "muted", "removed", "cared"],
    "outcome": None,
    "decision": "",
    "decidedAt": None,
}
DECISION: Json = {
    "type": "object",
    "properties": {
        "outcome": OUTCOME,
        "reason": {"type": "string", "minLength": 1, "maxLength": REASON_MAX_CHARACTERS},
        "until": {"anyOf": [TIME, {"type": "null"}]},
        "hide": {"type": "boolean"},
    },
    "required": ["outcome", "reason"],
}


class DecisionBody(msgspec.Struct, frozen=True):
    outcome: Case.Outcome
    reason: Annotated[str, Meta(max_length=REASON_MAX_CHARACTERS)]
    until: Annotated[str, Meta(max_length=40)] | None = None
    hide: bool = False


class ListCases(APIView):
    @describe(
        "What was reported in the room about members of a lower rank: what is urgent, then by when it is due",
        parameters=[
            ROOM_ID_IN_PATH,
            query("decided", {"enum": ["true", "false"]}, "Those that are.", example="false", required=False),
            query("after", INTEGER_ID, "The `next` of the page before.", example=17, required=False),
            limit_parameter(maximum=room_cases.CASES_MAX, default=room_cases.CASES_DEFAULT),
        ],
        data=object_of(cases=list_of(CASE), next=optional(INTEGER_ID)),
        example={"cases": [CASE_EXAMPLE], "next": None},
        refusals=UNREACHED,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, after = parse_id(room_id), query_integer(request, "after", minimum=1)
        limit = limit_of(request, maximum=room_cases.CASES_MAX, default=room_cases.CASES_DEFAULT)
        caller = caller_of(request)
        mirror_member(caller=caller)
        page = room_cases.page(
            room_id=room,
            caller=caller,
            is_decided=_is_decided(request),
            after=after,
            limit=limit,
            now=timezone.now(),
        )
        return Response(page)


def _is_decided(request: Request) -> bool:
    asked = request.query_params.get("decided", "false")
    if asked not in ("true", "false"):
        raise InvalidInput
    return asked == "true"


class ClaimCase(APIView):
    @describe(
        "Work on a case for 10 minutes from now; others are kept away meanwhile",
        parameters=OF_CASE,
        data=CASE,
        example=CASE_EXAMPLE,
        refusals=REFUSALS,
    )
    def put(self, request: Request, room_id: str, case_id: str) -> Response:
        ids = {"room_id": parse_id(room_id), "case_id": parse_id(case_id, name="caseId")}
        caller, now = caller_of(request), timezone.now()
        mirror_member(caller=caller)
        case, acting = deciding.claim(by=caller, now=now, **ids)
        return Response(room_cases.case_object(case, acting=acting, now=now))


class DecideCase(APIView):
    @describe(
        "Decide a case and do what is decided; both sides are told the reason",
        parameters=OF_CASE,
        body=DECISION,
        data=CASE,
        example=CASE_EXAMPLE,
        refusals=[*REFUSALS, MessageNotFound, MessageDeleted, MessageHidden],
    )
    def put(self, request: Request, room_id: str, case_id: str) -> Response:
        ids = {"room_id": parse_id(room_id), "case_id": parse_id(case_id, name="caseId")}
        body = parse_body(request, DecisionBody)
        until = None if body.until is None else moment_of(body.until)
        caller, now = caller_of(request), timezone.now()
        mirror_member(caller=caller)
        decision = Decision(outcome=body.outcome, reason=body.reason, until=until, hide=body.hide)
        case = deciding.decide(request, by=caller, decision=decision, now=now, **ids)
        return Response(room_cases.case_object(case, acting=deciding.standing_over(case, caller), now=now))
