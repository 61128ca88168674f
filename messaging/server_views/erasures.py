"""Erasing members, for the main server: the orders, and the receipts of what was done."""

from typing import Any

from rest_framework.request import Request

from chatproject.http.api import parse_id
from chatproject.http.openapi import COUNT, INTEGER_ID, Json, list_of, object_of, optional
from chatproject.server_api.endpoints import ServerView, reads
from chatproject.server_api.models import Scope
from messaging.personal.erasing import orders
from messaging.personal.erasing.orders import receipt_object, receipts_of
from messaging.personal_models import Erasure
from messaging.server_views.described import MEMBER_ID_IN_PATH, TIME, acting_of
from rooms.telling import tell

COUNTS: Json = {
    "type": "object",
    "additionalProperties": COUNT,
    "description": "How many of what were erased; `held`: records that legal holds keep.",
}
RECEIPT = object_of(
    erasureId=INTEGER_ID,
    memberId=INTEGER_ID,
    state={"type": "string", "enum": Erasure.State.values},
    askedAt=TIME,
    finishedAt=optional(TIME),
    counts=COUNTS,
)
ORDER_EXAMPLE: dict[str, Any] = {
    "erasureId": 12,
    "memberId": 3,
    "state": "waiting",
    "askedAt": "2026-11-30T09:00:00.123456Z",
    "finishedAt": None,
    "counts": {},
}
RECEIPT_EXAMPLE = {
    **ORDER_EXAMPLE,
    "state": "done",
    "finishedAt": "2026-11-30T09:00:07.654321Z",
    "counts": {"rooms": 4, "messages": 310, "answers": 2, "reactions": 25, "files": 3, "held": 12},
}


class ServerErasures(ServerView):
    @reads(
        "The receipts of a member's erasures, the newest first; one that is not done yet says how far it is",
        scope=Scope.PERSONAL,
        parameters=[MEMBER_ID_IN_PATH],
        data=object_of(erasures=list_of(RECEIPT)),
        example={"erasures": [RECEIPT_EXAMPLE]},
    )
    def get(self, request: Request, member_id: str) -> Any:
        number = parse_id(member_id, name="memberId")
        return {"erasures": [receipt_object(one) for one in receipts_of(member_id=number)]}


def order_erasure(request: Request, member_id: str, *, view: ServerView) -> dict[str, Any]:
    """In the call's transaction; sockets end once it is committed. The same order as long as it is not done."""
    number = parse_id(member_id, name="memberId")
    order, revoked = orders.ask(member_id=number, by=acting_of(request).logged, now=view.now)
    tell(request, lambda server: server.tell_revoked(revoked))
    return receipt_object(order)
