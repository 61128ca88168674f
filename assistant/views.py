"""REST endpoints about the assistant that call no model: a room's settings, consent, an answer's receipt."""

from typing import Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant import preferences
from assistant.preferences import RoomAssistantSettings
from assistant.receipts import receipt
from chatproject.api import caller_of, parse_body, parse_id


class RoomAssistantBody(msgspec.Struct):
    mode: str
    name: str
    persona: str


class ConsentBody(msgspec.Struct):
    readable: bool


class AssistantOfRoom(APIView):
    """Its members see how the assistant is in a room; who moderates the room sets it, all three at once."""

    def get(self, request: Request, room_id: str) -> Response:
        found, may_set = preferences.show_room_assistant(caller=caller_of(request), room_id=parse_id(room_id))
        return Response(_settings_object(found, may_set=may_set))

    def put(self, request: Request, room_id: str) -> Response:
        body = parse_body(request, RoomAssistantBody)
        found = preferences.set_room_assistant(
            caller=caller_of(request),
            room_id=parse_id(room_id),
            mode=body.mode,
            name=body.name,
            persona=body.persona,
        )
        return Response(_settings_object(found, may_set=True))


class MyAssistant(APIView):
    """Whether the assistant may read what the caller says."""

    def get(self, request: Request) -> Response:
        return Response({"readable": preferences.is_readable(caller=caller_of(request))})

    def put(self, request: Request) -> Response:
        body = parse_body(request, ConsentBody)
        preferences.set_readable(caller=caller_of(request), readable=body.readable)
        return Response({"readable": body.readable})


class Receipt(APIView):
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
