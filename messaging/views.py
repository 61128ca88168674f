"""REST of rooms in use: coming and going, one's rooms, the history, read marks. Live sockets are told."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.api import caller_of, parse_id, query_integer
from messaging import selectors, services
from rooms.services import join_group_room, leave_group_room, mirror_member
from rooms.telling import tell, tell_joined, tell_left


class JoinGroupRoom(APIView):
    def post(self, request: Request, room_id: str) -> Response:
        change = join_group_room(caller=caller_of(request), room_id=parse_id(room_id))
        tell_joined(request, change)
        return Response()


class LeaveGroupRoom(APIView):
    def delete(self, request: Request, room_id: str) -> Response:
        change = leave_group_room(caller=caller_of(request), room_id=parse_id(room_id))
        tell_left(request, change)
        return Response()


class ListMyRooms(APIView):
    def get(self, request: Request) -> Response:
        member = mirror_member(caller=caller_of(request))
        return Response(selectors.my_rooms(member_id=member.member_id))


class ReadHistory(APIView):
    def get(self, request: Request, room_id: str) -> Response:
        limit = query_integer(
            request,
            "limit",
            minimum=1,
            maximum=selectors.HISTORY_MAX_MESSAGES,
            default=selectors.HISTORY_DEFAULT_MESSAGES,
        )
        room, before, after = parse_id(room_id), query_integer(request, "before"), query_integer(request, "after")
        member = mirror_member(caller=caller_of(request))
        messages = selectors.history(
            room_id=room, member_id=member.member_id, before=before, after=after, limit=limit
        )
        return Response(msgspec.to_builtins(messages))


class MarkRead(APIView):
    def post(self, request: Request, room_id: str) -> Response:
        room, seq = parse_id(room_id), query_integer(request, "seq")
        member_id = mirror_member(caller=caller_of(request)).member_id
        mark = services.mark_read(room_id=room, member_id=member_id, seq=seq)
        tell(request, lambda server: server.tell_read(room_id=room, member_id=member_id, mark=mark))
        return Response()
