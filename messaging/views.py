"""REST of rooms in use: coming and going, one's rooms, the history, read marks.

What changes a room is told to its live sockets by this process's ChatServer, which `chatproject.asgi` puts into
the ASGI scope. Outside ASGI there is none; then the processes that serve sockets find out by their sweep.
"""

from collections.abc import Callable

import msgspec
from asgiref.sync import async_to_sync
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.api import caller_of, parse_id, query_integer
from messaging import selectors, services
from messaging.server import ChatServer
from rooms.services import join_group_room, leave_group_room, mirror_member


class JoinGroupRoom(APIView):
    def post(self, request: Request, room_id: str) -> Response:
        change = join_group_room(caller=caller_of(request), room_id=parse_id(room_id))
        if change is not None:
            _tell(request, lambda server: server.tell_joined(change))
        return Response()


class LeaveGroupRoom(APIView):
    def delete(self, request: Request, room_id: str) -> Response:
        change = leave_group_room(caller=caller_of(request), room_id=parse_id(room_id))
        _tell(request, lambda server: server.tell_left(change))
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
        messages = selectors.history(
            room_id=parse_id(room_id),
            member_id=caller_of(request).member_id,
            before=query_integer(request, "before"),
            after=query_integer(request, "after"),
            limit=limit,
        )
        return Response(msgspec.to_builtins(messages))


class MarkRead(APIView):
    def post(self, request: Request, room_id: str) -> Response:
        room, member_id = parse_id(room_id), caller_of(request).member_id
        mark = services.mark_read(room_id=room, member_id=member_id, seq=query_integer(request, "seq"))
        _tell(request, lambda server: server.tell_read(room_id=room, member_id=member_id, mark=mark))
        return Response()


def _tell(request: Request, tell: Callable[[ChatServer], None]) -> None:
    """Have the process's ChatServer tell something, on its loop; returns once this process's sockets have it."""
    server = getattr(request, "scope", {}).get("chat_server")
    if server is not None:

        async def tell_on_loop() -> None:
            tell(server)

        async_to_sync(tell_on_loop)()
