"""REST of tickets: what opens one socket in the token's place."""

import time

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.access.tickets import give_ticket, write_ticket
from chatproject.http.api import caller_of
from chatproject.http.openapi import describe, object_of
from messaging.wire.times import wire_time_of_epoch

EXAMPLE = {
    "ticket": "cht_WzcsIlVTRVIiLDE3OTU5NzUyNzYsbnVsbCwxNzk1OTcxNjc2LG51bGwsIjRmLi4uIl0.U7p1Vd0LrQw",
    "expiresAt": "2026-11-22T09:00:30.000000Z",
}


class GiveTicket(APIView):
    @describe(
        "A ticket for one socket: `GET /v2/chat/connect?ticket=…`, within 30 s, and from the same page",
        data=object_of(ticket={"type": "string"}, expiresAt={"type": "string", "format": "date-time"}),
        example=EXAMPLE,
    )
    def post(self, request: Request) -> Response:
        ticket = give_ticket(caller_of(request), origin=request.headers.get("origin"), now=time.time())
        answer = {"ticket": write_ticket(ticket), "expiresAt": wire_time_of_epoch(ticket.ends_at)}
        return Response(answer, headers={"Cache-Control": "no-store"})
