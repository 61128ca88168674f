"""REST of messages that wait for a manager: what waits in a room, deciding it, and one's own."""

from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
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
)
from chatproject.room_errors import AlreadyDecided, NothingThere, RankTooLow
from messaging.holding import decide
from messaging.moderation.held import REASON_MAX_CHARACTERS, held_in_room, held_of_member
from messaging.moderation_models import HeldMessage
from messaging.views_mine import limit_of, limit_parameter
from rooms.services import mirror_member

HELD_MAX, HELD_DEFAULT = 100, 30
FOR_MANAGERS: list[type[ChatError]] = [RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly, RankTooLow]
HELD_ID_IN_PATH = in_path("held_id", INTEGER_ID, "The number of what is held.", example=9)
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
STATE: Json = {"enum": list(HeldMessage.State.values)}
ATTACHMENT = object_of(
    fileId=INTEGER_ID, name=TEXT, type=TEXT, size=COUNT, state={"enum": ["checking", "ready", "refused", "gone"]}
)
ATTACHMENT_EXAMPLE = {"fileId": 31, "name": "고양이.jpg", "type": "image/jpeg", "size": 204800, "state": "ready"}
HELD = object_of(
    heldId=INTEGER_ID,
    senderId=INTEGER_ID,
    nickName=TEXT,
    message=TEXT,
    attachments=list_of(ATTACHMENT),
    replyTo=optional(INTEGER_ID),
    assisted={"type": "boolean"},
    why={"enum": list(HeldMessage.Why.values)},
    found=TEXT,
    heldAt=TIME,
)
HELD_EXAMPLE = {
    "heldId": 9,
    "senderId": 3,
    "nickName": "지은",
    "message": "아, 젠장!",
    "attachments": [ATTACHMENT_EXAMPLE],
    "replyTo": None,
    "assisted": False,
    "why": "filter",
    "found": "젠장",
    "heldAt": "2026-11-22T09:10:00.123456Z",
}
OWN = object_of(
    heldId=INTEGER_ID,
    roomId=INTEGER_ID,
    roomName=TEXT,
    clientId=TEXT,
    message=TEXT,
    attachments=list_of(ATTACHMENT),
    replyTo=optional(INTEGER_ID),
    assisted={"type": "boolean"},
    heldAt=TIME,
    state=STATE,
    reason=TEXT,
    seq=optional(INTEGER_ID),
)
OWN_EXAMPLE = {
    "heldId": 9,
    "roomId": 1,
    "roomName": "고민상담방",
    "clientId": "0190a3c4-7b1e-7cc2-9f00-0123456789ab",
    "message": "아, 젠장!",
    "attachments": [],
    "replyTo": None,
    "assisted": False,
    "heldAt": "2026-11-22T09:10:00.123456Z",
    "state": "waiting",
    "reason": "",
    "seq": None,
}
DECISION_BODY: Json = {
    "type": "object",
    "properties": {
        "release": {"type": "boolean"},
        "reason": {"type": "string", "maxLength": REASON_MAX_CHARACTERS},
    },
    "required": ["release"],
}


class DecisionBody(msgspec.Struct, frozen=True):
    """A rejection needs a reason; it is told to the author."""

    release: bool
    reason: Annotated[str, Meta(max_length=REASON_MAX_CHARACTERS)] = ""


class ListHeld(APIView):
    @describe(
        "What waits for a manager in the room, the oldest first; for its managers",
        parameters=[
            ROOM_ID_IN_PATH,
            query("after", INTEGER_ID, "The `next` of the page before.", example=9, required=False),
            limit_parameter(maximum=HELD_MAX, default=HELD_DEFAULT),
        ],
        data=object_of(held=list_of(HELD), next=optional(INTEGER_ID)),
        example={"held": [HELD_EXAMPLE], "next": None},
        refusals=FOR_MANAGERS,
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, after = parse_id(room_id), query_integer(request, "after", minimum=1)
        limit = limit_of(request, maximum=HELD_MAX, default=HELD_DEFAULT)
        caller = caller_of(request)
        mirror_member(caller=caller)
        held, next_page = held_in_room(room_id=room, by=caller, after=after, limit=limit)
        return Response({"held": held, "next": next_page})


class OneHeld(APIView):
    @describe(
        "Let a held message go, which says it now, or reject it with a reason that its author is told",
        parameters=[ROOM_ID_IN_PATH, HELD_ID_IN_PATH],
        body=DECISION_BODY,
        data=object_of(heldId=INTEGER_ID, state=STATE, seq=optional(INTEGER_ID)),
        example={"heldId": 9, "state": "released", "seq": 4},
        refusals=[*FOR_MANAGERS, NothingThere, AlreadyDecided],
    )
    def put(self, request: Request, room_id: str, held_id: str) -> Response:
        body, room, number = parse_body(request, DecisionBody), parse_id(room_id), parse_id(held_id, name="heldId")
        caller = caller_of(request)
        mirror_member(caller=caller)
        held = decide(request, room_id=room, held_id=number, by=caller, release=body.release, reason=body.reason)
        return Response({"heldId": held.held_id, "state": held.state, "seq": held.seq})


class ListMyHeld(APIView):
    @describe(
        "One's own messages that were held, the newest 50 first, with what became of them",
        data=object_of(held=list_of(OWN)),
        example={"held": [OWN_EXAMPLE]},
    )
    def get(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        return Response({"held": held_of_member(member_id=member_id)})
