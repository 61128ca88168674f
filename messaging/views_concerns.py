"""REST for managers who look after people: who in their room may need help, and whether they are told."""

from typing import Annotated, Any, Literal

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import InvalidInput, ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
    query,
)
from chatproject.room_errors import AlreadyDecided, NothingThere
from chatproject.text import is_encodable
from messaging.acting import take_turn
from messaging.care_models import Concern
from messaging.managers import tell_managers
from messaging.moderation import looking_after
from messaging.moderation.looking_after import NOTE_MAX_CHARACTERS, Listed
from messaging.wire.times import wire_time
from rooms.moderation.duty import set_duty
from rooms.services import mirror_member
from rooms.telling import tell_rules

MOMENT = {"type": "string", "format": "date-time"}
STATES = Concern.State.values
CONCERN = object_of(
    concernId=INTEGER_ID,
    roomId=INTEGER_ID,
    memberId=optional(INTEGER_ID),
    nickName=optional({"type": "string"}),
    seq=optional(INTEGER_ID),
    source={"enum": Concern.Source.values},
    raisedAt=MOMENT,
    state={"enum": STATES},
    note={"type": "string"},
    seenBy=optional(INTEGER_ID),
    seenAt=optional(MOMENT),
    closedAt=optional(MOMENT),
)
CONCERN_EXAMPLE = {
    "concernId": 12,
    "roomId": 1,
    "memberId": 2,
    "nickName": "지은",
    "seq": 4,
    "source": "words",
    "raisedAt": "2026-11-22T09:00:00.123456Z",
    "state": "seen",
    "note": "이야기를 나누고 있어요",
    "seenBy": 7,
    "seenAt": "2026-11-22T09:01:00.123456Z",
    "closedAt": None,
}
FOR_MANAGERS = (RoomNotFound, NotInRoom, NotGroupRoom, ManagersOnly)


class LookBody(msgspec.Struct, frozen=True):
    state: Literal["seen", "closed"]
    note: Annotated[str, Meta(max_length=NOTE_MAX_CHARACTERS)] = ""


class DutyBody(msgspec.Struct, frozen=True, rename="camel"):
    on_duty: bool


class RoomConcerns(APIView):
    @describe(
        "Who in the room may need help, the newest first; for its managers",
        parameters=[
            ROOM_ID_IN_PATH,
            query("state", {"enum": STATES}, "Without it: not closed.", example="open", required=False),
        ],
        data=object_of(concerns=list_of(CONCERN)),
        example={"concerns": [CONCERN_EXAMPLE]},
        refusals=FOR_MANAGERS,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, state = parse_id(room_id), request.query_params.get("state")
        if state is not None and state not in STATES:
            raise InvalidInput
        caller = caller_of(request)
        mirror_member(caller=caller)
        listed = looking_after.list_concerns(room_id=room, caller=caller, state=state)
        return Response({"concerns": [_concern(one) for one in listed]})


class OneConcern(APIView):
    @describe(
        "Say that one is looking after it, or that it is done, and what was done; for managers of the room",
        parameters=[ROOM_ID_IN_PATH, in_path("concern_id", INTEGER_ID, "The concern's number.", example=12)],
        body={
            "type": "object",
            "properties": {
                "state": {"enum": ["seen", "closed"]},
                "note": {"type": "string", "maxLength": NOTE_MAX_CHARACTERS},
            },
            "required": ["state"],
        },
        data=CONCERN,
        example=CONCERN_EXAMPLE,
        refusals=[*FOR_MANAGERS, NothingThere, AlreadyDecided],
    )
    def put(self, request: Request, room_id: str, concern_id: str) -> Response:
        room, number = parse_id(room_id), parse_id(concern_id, name="concernId")
        body = parse_body(request, LookBody)
        if "\x00" in body.note or not is_encodable(body.note):
            raise InvalidInput
        caller = caller_of(request)
        mirror_member(caller=caller)
        looked = looking_after.look_after(
            concern_id=number, room_id=room, step=body.state, note=body.note, by=caller, now=timezone.now()
        )
        tell_managers(request, room)
        return Response(_concern(looking_after.listed(looked)))


class Duty(APIView):
    @describe(
        "Whether this manager is told of concerns in the room; where nobody is on duty, all managers are",
        parameters=[ROOM_ID_IN_PATH],
        body={"type": "object", "properties": {"onDuty": {"type": "boolean"}}, "required": ["onDuty"]},
        data=object_of(onDuty={"type": "boolean"}),
        example={"onDuty": True},
        refusals=FOR_MANAGERS,
    )
    def put(self, request: Request, room_id: str) -> Response:
        room, body = parse_id(room_id), parse_body(request, DutyBody)
        caller = caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        version = set_duty(room_id=room, caller=caller, on_duty=body.on_duty, now=timezone.now())
        tell_rules(request, room, version)
        return Response({"onDuty": body.on_duty})


def _concern(listed: Listed) -> dict[str, Any]:
    concern = listed.concern
    return {
        "concernId": concern.pk,
        "roomId": concern.room_id,
        "memberId": concern.member_id,
        "nickName": listed.nickname,
        "seq": concern.seq,
        "source": concern.source,
        "raisedAt": wire_time(concern.raised_at),
        "state": concern.state,
        "note": concern.note,
        "seenBy": concern.seen_by,
        "seenAt": concern.seen_at and wire_time(concern.seen_at),
        "closedAt": concern.closed_at and wire_time(concern.closed_at),
    }
