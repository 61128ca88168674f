"""REST endpoints about the assistant that call no model: a room's settings, consent, an answer's receipt."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant import preferences
from assistant.models import AssistantRun
from assistant.names import NAME_LENGTHS
from assistant.preferences import RoomAssistantSettings
from assistant.room.entry import entry_of, note_told
from assistant.room.receipts import receipt
from chatproject.errors import AssistantNotForMember, ManagersOnly, NotInRoom, PathNotFound, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
)
from chatproject.room_errors import RankTooLow

SETTINGS: dict[str, dict[str, Any]] = {
    "mode": {"type": "string", "enum": preferences.Mode.values},
    "name": {"type": "string", "maxLength": NAME_LENGTHS.stop - 1},
    "persona": {"type": "string", "maxLength": preferences.PERSONA_MAX_CHARACTERS},
}
FLAG: dict[str, Any] = {"type": "boolean"}
TEXT: dict[str, Any] = {"type": "string"}
SETTINGS_SHOWN = object_of(
    **SETTINGS,
    isStopped=FLAG,
    maySet=FLAG,
    mayAsk=FLAG,
    told=FLAG,
    notice=optional(object_of(text=TEXT, whose=TEXT, model=TEXT)),
)
SETTINGS_EXAMPLE = {"mode": "on_call", "name": "코코", "persona": "차분한 상담 선생님"}
SHOWN_EXAMPLE = {
    **SETTINGS_EXAMPLE,
    "isStopped": False,
    "maySet": True,
    "mayAsk": True,
    "told": False,
    "notice": {
        "text": "이 방에는 AI가 있어요: 코코(Google, gemini-2.5-flash-lite). …",
        "whose": "Google",
        "model": "gemini-2.5-flash-lite",
    },
}
CONSENT = object_of(readable=FLAG)
RUN_ID = {"type": "string", "format": "uuid"}
RECEIPT = object_of(
    runId=RUN_ID,
    roomId=INTEGER_ID,
    state={"type": "string", "enum": AssistantRun.State.values},
    errorCode=optional({"type": "string"}),
    askedBy=INTEGER_ID,
    triggerSeq=INTEGER_ID,
    attempt=INTEGER_ID,
    answerSeq=optional(INTEGER_ID),
    readSeqs=list_of({"type": "array", "items": INTEGER_ID, "minItems": 2, "maxItems": 2}),
    deletedSeqs=list_of(INTEGER_ID),
    withheld=COUNT,
    modelAsked=optional({"type": "string"}),
    modelServed=optional({"type": "string"}),
    promptTokens=optional(COUNT),
    outputTokens=optional(COUNT),
    totalTokens=optional(COUNT),
    retries=COUNT,
    createdAt={"type": "string", "format": "date-time"},
    finishedAt=optional({"type": "string", "format": "date-time"}),
    firstWordMs=optional(COUNT),
    tookMs=optional(COUNT),
)
RECEIPT_EXAMPLE = {
    "runId": "0190a3c4-7b1e-7cc2-9f00-0123456789ab",
    "roomId": 1,
    "state": "done",
    "errorCode": None,
    "askedBy": 2,
    "triggerSeq": 4,
    "attempt": 1,
    "answerSeq": 5,
    "readSeqs": [[1, 2], [4, 4]],
    "deletedSeqs": [2],
    "withheld": 1,
    "modelAsked": "gemini-2.5-flash-lite",
    "modelServed": "gemini-2.5-flash-lite",
    "promptTokens": 321,
    "outputTokens": 54,
    "totalTokens": 375,
    "retries": 0,
    "createdAt": "2026-11-22T09:00:00.123456Z",
    "finishedAt": "2026-11-22T09:00:02.000000Z",
    "firstWordMs": 640,
    "tookMs": 1877,
}


class RoomAssistantBody(msgspec.Struct):
    mode: str
    name: str
    persona: str


class ConsentBody(msgspec.Struct):
    readable: bool


class AssistantOfRoom(APIView):
    """Its members see how the assistant is in a room; who moderates the room sets it, all three at once."""

    @describe(
        "How the assistant is in a room",
        parameters=[ROOM_ID_IN_PATH],
        data=SETTINGS_SHOWN,
        example=SHOWN_EXAMPLE,
        refusals=[RoomNotFound, NotInRoom],
    )
    def get(self, request: Request, room_id: str) -> Response:
        caller, number = caller_of(request), parse_id(room_id)
        found, may_set = preferences.show_room_assistant(caller=caller, room_id=number)
        return Response(_settings_object(found, may_set=may_set) | entry_of(found, room_id=number, caller=caller))

    @describe(
        "Set how the assistant is in a room; for who made the room, and moderators",
        parameters=[ROOM_ID_IN_PATH],
        body=object_of(**SETTINGS),
        data=SETTINGS_SHOWN,
        example=SHOWN_EXAMPLE,
        refusals=[RoomNotFound, NotInRoom, ManagersOnly, RankTooLow, AssistantNotForMember],
    )
    def put(self, request: Request, room_id: str) -> Response:
        body = parse_body(request, RoomAssistantBody)
        caller, number = caller_of(request), parse_id(room_id)
        found = preferences.set_room_assistant(
            caller=caller,
            room_id=number,
            mode=body.mode,
            name=body.name,
            persona=body.persona,
        )
        return Response(_settings_object(found, may_set=True) | entry_of(found, room_id=number, caller=caller))


class AssistantTold(APIView):
    @describe(
        "The caller was told that an AI is in the room: `notice` of its assistant",
        parameters=[ROOM_ID_IN_PATH],
        data=NOTHING,
        refusals=[RoomNotFound, NotInRoom],
    )
    def put(self, request: Request, room_id: str) -> Response:
        note_told(caller=caller_of(request), room_id=parse_id(room_id), now=timezone.now())
        return Response()


class MyAssistant(APIView):
    """Whether the assistant may read what the caller says."""

    @describe("Whether the assistant may read what the caller says", data=CONSENT, example={"readable": True})
    def get(self, request: Request) -> Response:
        return Response({"readable": preferences.is_readable(caller=caller_of(request))})

    @describe(
        "Let the assistant read what the caller says, or keep it out of every prompt",
        body=CONSENT,
        data=CONSENT,
        example={"readable": False},
    )
    def put(self, request: Request) -> Response:
        body = parse_body(request, ConsentBody)
        preferences.set_readable(caller=caller_of(request), readable=body.readable)
        return Response({"readable": preferences.is_readable(caller=caller_of(request))})


class Receipt(APIView):
    @describe(
        "What went into an answer: what was read and withheld, who asked, which model gave it",
        parameters=[
            ROOM_ID_IN_PATH,
            in_path("run_id", RUN_ID, "An answer's clientId.", example=RECEIPT_EXAMPLE["runId"]),
        ],
        data=RECEIPT,
        example=RECEIPT_EXAMPLE,
        refusals=[RoomNotFound, NotInRoom, PathNotFound],
    )
    def get(self, request: Request, room_id: str, run_id: str) -> Response:
        return Response(receipt(caller=caller_of(request), room_id=parse_id(room_id), run_id=run_id))


def _settings_object(found: RoomAssistantSettings, *, may_set: bool) -> dict[str, Any]:
    return {
        "mode": found.mode,
        "name": found.name,
        "persona": found.persona,
        "isStopped": found.is_stopped,
        "maySet": may_set,
    }
