"""REST endpoints for finding and making rooms. Joining and leaving are in `messaging.views`: sockets hear it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import RoomNameTaken, RoomNotFound
from chatproject.http.api import BIGINT_MAX, caller_of, parse_id, query_integer, query_text
from chatproject.http.openapi import INTEGER_ID, describe, list_of, object_of, query
from rooms import selectors, services
from rooms.models import ROOM_NAME_LENGTHS, Room
from rooms.telling import tell_joined

PAGE_MAX = BIGINT_MAX // selectors.GROUP_ROOMS_PER_PAGE - 1  # its last row number is still a BIGINT

ROOM = object_of(roomId=INTEGER_ID, roomName={"type": "string"})
ROOM_EXAMPLE = {"roomId": 1, "roomName": "고민상담방"}
ROOM_NAME = {
    "type": "string",
    "minLength": ROOM_NAME_LENGTHS.start,
    "maxLength": ROOM_NAME_LENGTHS.stop - 1,
}


class CreateGroupRoom(APIView):
    @describe(
        "Make a group room and be its first member",
        parameters=[query("roomName", ROOM_NAME, "Not taken by another group room.", example="고민상담방")],
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNameTaken],
    )
    def post(self, request: Request) -> Response:
        room = services.create_group_room(caller=caller_of(request), name=query_text(request, "roomName"))
        return Response(_room_object(room))


class ListGroupRooms(APIView):
    @describe(
        "The group rooms, five a page, the newest first",
        parameters=[
            query("page", {"type": "integer", "minimum": 0, "maximum": PAGE_MAX}, "", example=0, required=False)
        ],
        data=object_of(rooms=list_of(ROOM), hasNext={"type": "boolean"}),
        example={"rooms": [ROOM_EXAMPLE], "hasNext": False},
    )
    def get(self, request: Request) -> Response:
        page = query_integer(request, "page", maximum=PAGE_MAX, default=0)
        rooms, has_next = selectors.group_rooms_page(page=page)
        return Response({"rooms": [_room_object(room) for room in rooms], "hasNext": has_next})


class FindGroupRoom(APIView):
    @describe(
        "The group room of exactly this name",
        parameters=[query("name", {"type": "string"}, "", example="고민상담방")],
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound],
    )
    def get(self, request: Request) -> Response:
        return Response(_room_object(selectors.group_room_named(name=query_text(request, "name"))))


class OpenPrivateRoom(APIView):
    @describe(
        "The private room of the caller and another member, made where there is none",
        parameters=[query("otherMemberId", INTEGER_ID, "Not the caller.", example=2)],
        data=INTEGER_ID,
        example=4,
    )
    def post(self, request: Request) -> Response:
        other_member_id = parse_id(query_text(request, "otherMemberId"), name="otherMemberId")
        room, change = services.open_private_room(caller=caller_of(request), other_member_id=other_member_id)
        tell_joined(request, change)
        return Response(room.room_id)


def _room_object(room: Room) -> dict[str, Any]:
    return {"roomId": room.room_id, "roomName": room.name}
