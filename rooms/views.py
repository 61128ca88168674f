"""REST endpoints for finding and making rooms, and who is in one. Joining and leaving are in `messaging.views`:
sockets hear it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import CannotWrite, NotInRoom, RoomNameTaken, RoomNotFound
from chatproject.http.api import BIGINT_MAX, caller_of, parse_id, query_integer, query_text
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    describe,
    list_of,
    object_of,
    optional,
    query,
)
from rooms import private_rooms, roster, selectors, services
from rooms.models import ROOM_NAME_LENGTHS, Participant, Room
from rooms.moderation.joining import asked_rooms
from rooms.telling import tell_joined

PAGE_MAX = BIGINT_MAX // selectors.GROUP_ROOMS_PER_PAGE - 1  # its last row number is still a BIGINT

ROOM = object_of(roomId=INTEGER_ID, roomName={"type": "string"})
LISTED = {
    **ROOM,
    "properties": {
        **ROOM["properties"],
        "joining": {"type": "string", "enum": ["code", "approval"], "description": "Absent: open to everyone."},
        "asked": {"type": "boolean", "description": "The caller asks to come in."},
    },
}
ROOM_EXAMPLE = {"roomId": 1, "roomName": "고민상담방"}
MEMBER = object_of(
    memberId=INTEGER_ID,
    nickName={"type": "string"},
    role={"type": "string", "enum": Participant.Role.values},
    readSeq=COUNT,
    joinedSeq=COUNT,
)
MEMBER_EXAMPLE = {"memberId": 2, "nickName": "지은", "role": "owner", "readSeq": 4, "joinedSeq": 0}
CURSOR = {"type": "string", "pattern": "^[0-9]{0,19}$"}
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
        tell_joined(request, _coming_of_maker(room))
        return Response(_room_object(room))


class ListGroupRooms(APIView):
    @describe(
        "The group rooms, five a page, the newest first",
        parameters=[
            query("page", {"type": "integer", "minimum": 0, "maximum": PAGE_MAX}, "", example=0, required=False)
        ],
        data=object_of(rooms=list_of(LISTED), hasNext={"type": "boolean"}),
        example={"rooms": [ROOM_EXAMPLE], "hasNext": False},
    )
    def get(self, request: Request) -> Response:
        page = query_integer(request, "page", maximum=PAGE_MAX, default=0)
        rooms, has_next = selectors.group_rooms_page(page=page)
        return Response({"rooms": _listed(rooms, request), "hasNext": has_next})


class FindGroupRoom(APIView):
    @describe(
        "The group room of exactly this name",
        parameters=[query("name", {"type": "string"}, "", example="고민상담방")],
        data=LISTED,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound],
    )
    def get(self, request: Request) -> Response:
        [room] = _listed([selectors.group_room_named(name=query_text(request, "name"))], request)
        return Response(room)


class OpenPrivateRoom(APIView):
    @describe(
        "The private room of the caller and another member, made where there is none",
        parameters=[query("otherMemberId", INTEGER_ID, "Not the caller.", example=2)],
        data=INTEGER_ID,
        example=4,
        refusals=[CannotWrite],
    )
    def post(self, request: Request) -> Response:
        other_member_id = parse_id(query_text(request, "otherMemberId"), name="otherMemberId")
        room, change = private_rooms.open_private_room(caller=caller_of(request), other_member_id=other_member_id)
        if change is not None:
            tell_joined(request, _coming_of_maker(room))
        tell_joined(request, change)
        return Response(room.room_id)


class ListMembers(APIView):
    @describe(
        "The members of a room the caller is in, by their numbers",
        parameters=[
            ROOM_ID_IN_PATH,
            query("after", CURSOR, "The `next` of the page before.", example="2", required=False),
            query(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": roster.MEMBERS_MAX,
                    "default": roster.MEMBERS_DEFAULT,
                },
                "So many at most.",
                example=100,
                required=False,
            ),
            query(
                "prefix",
                {"type": "string"},
                "Only nicknames that begin so, as it is typed: in any case, with an unfinished syllable, or 초성.",
                example="ㅈㅇ",
                required=False,
            ),
        ],
        data=object_of(members=list_of(MEMBER), me=MEMBER, memberCount=COUNT, next=optional(CURSOR)),
        example={"members": [MEMBER_EXAMPLE], "me": MEMBER_EXAMPLE, "memberCount": 1, "next": None},
        refusals=[RoomNotFound, NotInRoom],
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, after = parse_id(room_id), query_integer(request, "after", default=0)
        limit = query_integer(
            request, "limit", minimum=1, maximum=roster.MEMBERS_MAX, default=roster.MEMBERS_DEFAULT
        )
        member_id = services.mirror_member(caller=caller_of(request)).member_id
        prefix = request.query_params.get("prefix", "")
        page = roster.members_page(room_id=room, member_id=member_id, after=after, limit=limit, prefix=prefix)
        return Response(
            {
                "members": [_member_object(place) for place in page.members],
                "me": _member_object(page.me),
                "memberCount": page.member_count,
                "next": None if page.next_after is None else str(page.next_after),
            }
        )


def _member_object(place: roster.Place) -> dict[str, Any]:
    return {
        "memberId": place.member_id,
        "nickName": place.nickname,
        "role": place.role,
        "readSeq": place.read_seq,
        "joinedSeq": place.joined_seq,
    }


def _listed(rooms: list[Room], request: Request) -> list[dict[str, Any]]:
    """As lists show them: whether one simply comes in, and where the caller asked to."""
    closed = [room.room_id for room in rooms if room.joining == Room.Joining.APPROVAL]
    asked = asked_rooms(member_id=caller_of(request).member_id, room_ids=closed) if closed else set()
    return [
        _room_object(room)
        | ({} if room.joining == Room.Joining.OPEN else {"joining": room.joining})
        | ({"asked": True} if room.room_id in asked else {})
        for room in rooms
    ]


def _coming_of_maker(room: Room) -> services.RosterChange:
    """Who just made the room hears of it on their other devices."""
    maker = room.creator
    assert maker is not None
    return services.RosterChange(room.room_id, maker.member_id, maker.nickname, room.roster_version)


def _room_object(room: Room) -> dict[str, Any]:
    return {"roomId": room.room_id, "roomName": room.name}
