"""REST of tickets: what opens one socket in the token's place."""

import time
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.http import JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.access.tickets import give_ticket, write_ticket
from chatproject.http.api import caller_of, success
from chatproject.http.openapi import describe, object_of
from chatproject.http.refusals import answer
from chatproject.tokens import Caller
from messaging.wire.times import wire_time_of_epoch

PATH = "/v1/chat/ticket"
EXAMPLE = {
    "ticket": "cht_WzcsIlVTRVIiLDE3OTU5NzUyNzYsbnVsbCwxNzk1OTcxNjc2LG51bGwsIjRmLi4uIl0.U7p1Vd0LrQw",
    "expiresAt": "2026-11-22T09:00:30.000000Z",
}
_NOT_KEPT = {"Cache-Control": "no-store"}


class GiveTicket(APIView):
    """For its description, and where no TicketOffice stands before it."""

    @describe(
        "A ticket for one socket: `GET /v2/chat/connect?ticket=…`, within 30 s, and from the same page",
        data=object_of(ticket={"type": "string"}, expiresAt={"type": "string", "format": "date-time"}),
        example=EXAMPLE,
    )
    def post(self, request: Request) -> Response:
        given = _given(caller_of(request), origin=request.headers.get("origin"))
        return Response(given, headers=_NOT_KEPT)


class TicketOffice:
    """Answers who asks for a ticket, in Django's place: a third of the work, and no turn to wait for.

    When a server starts, all of its clients ask at one time. An ASGI wrapper, behind MemberShare.
    """

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        caller: Any = scope.get("caller")
        if scope["type"] != "http" or not isinstance(caller, Caller) or not _asks_for_ticket(scope):
            await self._application(scope, receive, send)
            return
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        given = _given(caller, origin=",".join(origins) if origins else None)
        readable = {"ensure_ascii": False}
        await answer(
            scope, send, lambda: JsonResponse(success(given), headers=_NOT_KEPT, json_dumps_params=readable)
        )


def _asks_for_ticket(scope: HTTPScope) -> bool:
    return scope["method"] == "POST" and scope["path"] == PATH


def _given(caller: Caller, *, origin: str | None) -> dict[str, str]:
    ticket = give_ticket(caller, origin=origin, now=time.time())
    return {"ticket": write_ticket(ticket), "expiresAt": wire_time_of_epoch(ticket.ends_at)}
