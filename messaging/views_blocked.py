"""REST of whom a member blocks. The member's own sockets hear it; nobody else does."""

from collections.abc import Sequence

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import MemberNotFound
from chatproject.http.api import caller_of, parse_id
from chatproject.http.openapi import INTEGER_ID, NOTHING, Json, describe, in_path, list_of, object_of
from messaging.wire.room_frames import BlockedMembers
from messaging.wire.times import wire_time
from rooms.moderation import blocked_members
from rooms.services import mirror_member
from rooms.telling import tell

MEMBER_ID_IN_PATH = in_path("member_id", INTEGER_ID, "The other member.", example=3)
BLOCKED: Json = object_of(
    memberId=INTEGER_ID, nickName={"type": "string"}, since={"type": "string", "format": "date-time"}
)


class ListBlocked(APIView):
    @describe(
        "Whom the caller blocks, the newest first: the page folds their messages away, and nothing of them rings",
        data=object_of(blocked={**list_of(BLOCKED), "maxItems": blocked_members.BLOCKED_MOST}),
        example={"blocked": [{"memberId": 3, "nickName": "Bob", "since": "2026-11-22T09:00:00.123456Z"}]},
    )
    def get(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        found = [
            {"memberId": one.member_id, "nickName": one.nickname, "since": wire_time(one.since)}
            for one in blocked_members.blocked_by(member_id=member_id)
        ]
        return Response({"blocked": found})


class OneBlocked(APIView):
    @describe(
        "Block a member, at most 500: no private room comes about between the two, and the other is told nothing",
        parameters=[MEMBER_ID_IN_PATH],
        data=NOTHING,
        refusals=[MemberNotFound],
    )
    def put(self, request: Request, member_id: str) -> Response:
        blocked_id = parse_id(member_id, name="memberId")
        own_id = mirror_member(caller=caller_of(request)).member_id
        now = blocked_members.block(member_id=own_id, blocked_id=blocked_id, now=timezone.now())
        _tell_own_sockets(request, own_id, now)
        return Response()

    @describe("Block a member no longer", parameters=[MEMBER_ID_IN_PATH], data=NOTHING)
    def delete(self, request: Request, member_id: str) -> Response:
        blocked_id = parse_id(member_id, name="memberId")
        own_id = mirror_member(caller=caller_of(request)).member_id
        now = blocked_members.unblock(member_id=own_id, blocked_id=blocked_id)
        _tell_own_sockets(request, own_id, now)
        return Response()


def _tell_own_sockets(request: Request, member_id: int, blocked_ids: Sequence[int]) -> None:
    frame = BlockedMembers(member_ids=tuple(blocked_ids))
    tell(request, lambda server: server.tell_members([member_id], frame))
