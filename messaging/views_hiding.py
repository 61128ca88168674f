"""REST of hiding messages from all but managers, and of looking at what is hidden."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, ManagersOnly, MessageDeleted, NotGroupRoom
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    INTEGER_ID,
    describe,
    list_of,
    object_of,
    optional,
    query,
    struct_schema,
)
from chatproject.room_errors import RankTooLow
from messaging.acting import carry_out
from messaging.store.acts import HideAct
from messaging.store.uncovering import uncovered
from messaging.views import MESSAGE_EXAMPLE
from messaging.views_acts import NOWHERE, OF_MESSAGE, VERSION, VERSION_EXAMPLE, MessageText, who_and_what
from messaging.wire.protocol import MessageObject
from messaging.wire.times import moment_of
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS
from rooms.services import mirror_member

REASON = {"type": "string", "minLength": 1, "maxLength": REASON_MAX_CHARACTERS}
TIME = {"type": "string", "format": "date-time"}
HIDE_BODY = {"type": "object", "properties": {"reason": REASON, "until": optional(TIME)}, "required": ["reason"]}
HIDING = object_of(
    sanctionId=INTEGER_ID,
    act={"enum": ["hide", "measure"]},
    reason={"type": "string"},
    since=TIME,
    until=optional(TIME),
    by={"enum": ["manager", "owner", "staff"]},
    imposedBy=optional(INTEGER_ID),
)
HIDING_EXAMPLE = {
    "sanctionId": 12,
    "act": "hide",
    "reason": "광고",
    "since": "2026-11-22T09:05:00.000000Z",
    "until": None,
    "by": "manager",
    "imposedBy": 3,
}
MANAGED: list[type[ChatError]] = [*NOWHERE, NotGroupRoom, ManagersOnly]


class HideBody(msgspec.Struct, frozen=True):
    reason: Annotated[str, Meta(min_length=1, max_length=REASON_MAX_CHARACTERS)]
    until: str | None = None


class OneMessage(MessageText):
    @describe(
        "For managers: the message with what it says, hidden or not, and what hides it now",
        parameters=OF_MESSAGE,
        data=object_of(message=struct_schema(MessageObject), hidings=list_of(HIDING)),
        example={
            "message": {**MESSAGE_EXAMPLE, "hiddenAt": "2026-11-22T09:05:00.000000Z"},
            "hidings": [HIDING_EXAMPLE],
        },
        refusals=MANAGED,
    )
    def get(self, request: Request, room_id: str, seq: str) -> Response:
        room, number, caller = parse_id(room_id), parse_id(seq, name="seq"), caller_of(request)
        mirror_member(caller=caller)
        return Response(uncovered(room_id=room, caller=caller, seq=number))


class HideMessage(APIView):
    @describe(
        "Hide a message from all but managers, until then or until it is shown again; for managers",
        parameters=OF_MESSAGE,
        body=HIDE_BODY,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*MANAGED, RankTooLow, MessageDeleted],
    )
    def put(self, request: Request, room_id: str, seq: str) -> Response:
        body = parse_body(request, HideBody)
        until = None if body.until is None else moment_of(body.until)
        common = who_and_what(request, room_id, seq)
        return _answer(request, HideAct(reason=body.reason, until=until, **common))

    @describe(
        "Show a hidden message to everyone again; fine where it is not hidden; for managers",
        parameters=[
            *OF_MESSAGE,
            query("reason", {**REASON, "minLength": 0}, "Why, for the audit log.", example="오해", required=False),
        ],
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*MANAGED, RankTooLow],
    )
    def delete(self, request: Request, room_id: str, seq: str) -> Response:
        reason = request.query_params.get("reason", "")
        return _answer(request, HideAct(on=False, reason=reason, **who_and_what(request, room_id, seq)))


def _answer(request: Request, act: HideAct) -> Response:
    version: Any = carry_out(request, act).message.version
    return Response({"version": version})
