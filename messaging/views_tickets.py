"""REST of tickets: what opens one socket in the token's place."""

import time
from functools import partial
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.access.tickets import give_ticket, write_ticket
from chatproject.errors import ChatError, OriginNotAllowed
from chatproject.http.api import caller_of, success
from chatproject.http.openapi import describe, object_of
from chatproject.http.refusals import answer, refuse
from chatproject.origins import may_connect
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
        refusals=[OriginNotAllowed],
    )
    def post(self, request: Request) -> Response:
        given = _given(
            caller_of(request), origin=request.headers.get("origin"), host=request.headers.get("host", "")
        )
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
        said = partial(_said, scope)
        try:
            given = _given(caller, origin=said(b"origin"), host=said(b"host") or "")
        except ChatError as error:
            await refuse(scope, send, error)
            return
        readable = {"ensure_ascii": False}
        await answer(
            scope, send, lambda: JsonResponse(success(given), headers=_NOT_KEPT, json_dumps_params=readable)
        )


def is_readable_anywhere(sender: object, request: HttpRequest, **_kwargs: Any) -> bool:
    """For CORS: whoever is refused may read so. A page of an origin that is not allowed is given nothing else."""
    return request.path == PATH


def _said(scope: HTTPScope, header: bytes) -> str | None:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == header]
    return ",".join(values) if values else None


def _asks_for_ticket(scope: HTTPScope) -> bool:
    return scope["method"] == "POST" and scope["path"] == PATH


def _given(caller: Caller, *, origin: str | None, host: str) -> dict[str, str]:
    if not may_connect(origin, host=host, allowed=settings.ROUTE_FRONT):
        raise OriginNotAllowed
    ticket = give_ticket(caller, origin=origin, now=time.time())
    return {"ticket": write_ticket(ticket), "expiresAt": wire_time_of_epoch(ticket.ends_at)}
