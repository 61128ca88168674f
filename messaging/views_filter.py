"""REST of a room's own rules of the word filter, for its managers."""

from typing import Annotated, Any

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    in_path,
    list_of,
    object_of,
)
from chatproject.room_errors import NothingThere
from messaging.acting import take_turn
from messaging.moderation import rules
from messaging.moderation.rules import NOTE_MAX_CHARACTERS, PATTERN_MAX_CHARACTERS, shown_rule
from messaging.moderation_models import FilterRule
from messaging.views_held import FOR_MANAGERS, TEXT, TIME
from rooms.services import mirror_member
from rooms.telling import tell

RULE_ID_IN_PATH = in_path("rule_id", INTEGER_ID, "The rule's number.", example=5)
ACTION: Json = {"enum": list(FilterRule.Action.values)}
RULE = object_of(ruleId=INTEGER_ID, pattern=TEXT, action=ACTION, note=TEXT, madeAt=TIME)
RULE_EXAMPLE = {
    "ruleId": 5,
    "pattern": "젠장",
    "action": "hold",
    "note": "",
    "madeAt": "2026-11-22T09:10:00.123456Z",
}
RULE_BODY: Json = {
    "type": "object",
    "properties": {
        "pattern": {"type": "string", "minLength": 1, "maxLength": PATTERN_MAX_CHARACTERS},
        "action": ACTION,
        "note": {"type": "string", "maxLength": NOTE_MAX_CHARACTERS},
    },
    "required": ["pattern"],
}


class RuleBody(msgspec.Struct, frozen=True):
    pattern: Annotated[str, Meta(max_length=PATTERN_MAX_CHARACTERS)]
    action: str = "hold"
    note: Annotated[str, Meta(max_length=NOTE_MAX_CHARACTERS)] = ""


class RoomFilter(APIView):
    @describe(
        "The room's own rules of the word filter, the newest first; for its managers",
        parameters=[ROOM_ID_IN_PATH],
        data=object_of(rules=list_of(RULE)),
        example={"rules": [RULE_EXAMPLE]},
        refusals=FOR_MANAGERS,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, caller = parse_id(room_id), caller_of(request)
        mirror_member(caller=caller)
        return Response({"rules": rules.rules_of_room(room_id=room, by=caller)})

    @describe(
        "Make a rule of the room, or give the rule of the same words another action",
        parameters=[ROOM_ID_IN_PATH],
        body=RULE_BODY,
        data=RULE,
        example=RULE_EXAMPLE,
        refusals=FOR_MANAGERS,
    )
    def post(self, request: Request, room_id: str) -> Response:
        body, room, caller = parse_body(request, RuleBody), parse_id(room_id), caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        fields: dict[str, Any] = {"pattern": body.pattern, "action": body.action, "note": body.note}
        rule = rules.make_rule(room_id=room, by=caller, now=timezone.now(), **fields)
        tell(request, lambda server: server.screens.tell_changed())
        return Response(shown_rule(rule))


class OneRule(APIView):
    @describe(
        "Delete a rule of the room",
        parameters=[ROOM_ID_IN_PATH, RULE_ID_IN_PATH],
        data=NOTHING,
        refusals=[*FOR_MANAGERS, NothingThere],
    )
    def delete(self, request: Request, room_id: str, rule_id: str) -> Response:
        room, number, caller = parse_id(room_id), parse_id(rule_id, name="ruleId"), caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        rules.delete_rule(room_id=room, rule_id=number, by=caller, now=timezone.now())
        tell(request, lambda server: server.screens.tell_changed())
        return Response()
