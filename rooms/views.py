"""REST endpoints for finding and making rooms. Joining and leaving are in `messaging.views`: sockets hear it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.api import BIGINT_MAX, caller_of, parse_id, query_integer, query_text
from rooms import selectors, services
from rooms.models import Room

PAGE_MAX = BIGINT_MAX // selectors.GROUP_ROOMS_PER_PAGE - 1  # its last row number is still a BIGINT


class CreateGroupRoom(APIView):
    def post(self, request: Request) -> Response:
        room = services.create_group_room(caller=caller_of(request), name=query_text(request, "roomName"))
        return Response(_room_object(room))


class ListGroupRooms(APIView):
    def get(self, request: Request) -> Response:
        page = query_integer(request, "page", maximum=PAGE_MAX, default=0)
        rooms, has_next = selectors.group_rooms_page(page=page)
        return Response({"rooms": [_room_object(room) for room in rooms], "hasNext": has_next})


class FindGroupRoom(APIView):
    def get(self, request: Request) -> Response:
        return Response(_room_object(selectors.group_room_named(name=query_text(request, "name"))))


class OpenPrivateRoom(APIView):
    def post(self, request: Request) -> Response:
        other_member_id = parse_id(query_text(request, "otherMemberId"), name="otherMemberId")
        room = services.open_private_room(caller=caller_of(request), other_member_id=other_member_id)
        return Response(room.room_id)


def _room_object(room: Room) -> dict[str, Any]:
    return {"roomId": room.room_id, "roomName": room.name}
