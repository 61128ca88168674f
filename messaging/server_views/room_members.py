"""Who is in a room, for the main server: seen, put in, taken out, given roles. Live sockets hear it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from rest_framework.request import Request

from chatproject.errors import MemberNotFound, NotGroupRoom, RoomNotFound
from chatproject.http.api import parse_body, parse_id, query_integer
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    list_of,
    object_of,
    optional,
    query,
)
from chatproject.room_errors import TooManyManagers
from chatproject.server_api.endpoints import ServerView, reads, writes
from chatproject.server_api.models import Scope
from messaging.ruling import carry_out
from messaging.server_views.described import (
    MEMBER_ID_IN_PATH,
    MEMBER_IDS,
    MEMBERS_MOST,
    TEXT,
    acting_of,
)
from messaging.server_views.rooms import MemberId
from messaging.wire.client_frames import SetRole
from messaging.wire.protocol import Role
from rooms import roster
from rooms.models import Participant
from rooms.moderation.putting_in import put_all_in, take_out
from rooms.selectors import require_room
from rooms.telling import tell_joined, tell_left

PLACE = object_of(
    memberId=INTEGER_ID,
    nickName=TEXT,
    role={"type": "string", "enum": Participant.Role.values},
    readSeq=COUNT,
    joinedSeq=COUNT,
)
PLACE_EXAMPLE = {"memberId": 2, "nickName": "지은", "role": "owner", "readSeq": 4, "joinedSeq": 0}
OUTCOME = {
    "type": "string",
    "enum": ["joined", "already", "unknown"],
    "description": "`already`: was in before. `unknown`: there is no such member.",
}
OUTCOMES = object_of(outcomes=list_of(object_of(memberId=INTEGER_ID, outcome=OUTCOME)))
ONE_OUTCOME = object_of(outcome={"type": "string", "enum": ["joined", "already"]})
GONE = object_of(outcome={"type": "string", "enum": ["left", "already"]})
SOME = {"type": "object", "properties": {"memberIds": MEMBER_IDS}, "required": ["memberIds"]}


class SomeBody(msgspec.Struct, frozen=True, rename="camel"):
    member_ids: Annotated[tuple[MemberId, ...], Meta(max_length=MEMBERS_MOST)]


class RoleBody(msgspec.Struct, frozen=True):
    role: Role


class ServerRoomMembers(ServerView):
    @reads(
        "The members of a room, by their numbers",
        scope=Scope.ROOMS_READ,
        parameters=[
            ROOM_ID_IN_PATH,
            query("after", COUNT, "The `next` of the page before.", example=2, required=False),
            query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MEMBERS_MOST, "default": roster.MEMBERS_DEFAULT},
                "So many at most.",
                example=100,
                required=False,
            ),
        ],
        data=object_of(members=list_of(PLACE), next=optional(INTEGER_ID)),
        example={"members": [PLACE_EXAMPLE], "next": None},
        refusals=[RoomNotFound],
    )
    def get(self, request: Request, room_id: str) -> Any:
        room = require_room(room_id=parse_id(room_id))
        after = query_integer(request, "after", default=0)
        limit = query_integer(request, "limit", minimum=1, maximum=MEMBERS_MOST, default=roster.MEMBERS_DEFAULT)
        places, following = roster.places_page(room_id=room.pk, after=after, limit=limit)
        return {"members": [_place_object(place) for place in places], "next": following}

    @writes(
        "Put up to 500 members into a group room; each has an outcome of their own",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH],
        body=SOME,
        data=OUTCOMES,
        example={"outcomes": [{"memberId": 3, "outcome": "joined"}]},
        refusals=[RoomNotFound, NotGroupRoom],
    )
    def post(self, request: Request, room_id: str) -> Any:
        member_ids = parse_body(request, SomeBody).member_ids
        outcomes = _put_in(self, request, room_id, member_ids)
        return {"outcomes": [{"memberId": one, "outcome": outcome} for one, outcome in outcomes.items()]}


class ServerRoomMember(ServerView):
    @writes(
        "Put a member into a group room; it lifts what keeps them out, not a mute",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH],
        data=ONE_OUTCOME,
        example={"outcome": "joined"},
        refusals=[RoomNotFound, NotGroupRoom, MemberNotFound],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Any:
        number = parse_id(member_id, name="memberId")
        outcome = _put_in(self, request, room_id, [number])[number]
        if outcome == "unknown":
            raise MemberNotFound
        return {"outcome": outcome}

    @writes(
        "Take a member out of a group room, who may come again; the last one out deletes it",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH],
        data=GONE,
        example={"outcome": "left"},
        refusals=[RoomNotFound, NotGroupRoom],
    )
    def delete(self, request: Request, room_id: str, member_id: str) -> Any:
        change = take_out(
            room_id=parse_id(room_id),
            member_id=parse_id(member_id, name="memberId"),
            acting=acting_of(request),
            now=self.now,
        )
        tell_left(request, change)
        return {"outcome": "already" if change is None else "left"}


class ServerRole(ServerView):
    @writes(
        "Make a member of a group room its owner, a manager, or a member again",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH, MEMBER_ID_IN_PATH],
        body=object_of(role={"type": "string", "enum": Participant.Role.values}),
        data=NOTHING,
        refusals=[RoomNotFound, NotGroupRoom, MemberNotFound, TooManyManagers],
    )
    def put(self, request: Request, room_id: str, member_id: str) -> Any:
        role = parse_body(request, RoleBody).role
        number, target = parse_id(room_id), parse_id(member_id, name="memberId")
        carry_out(request, SetRole(room_id=number, member_id=target, role=role), by=acting_of(request))


def _put_in(
    view: ServerView, request: Request, room_id: str, member_ids: Any
) -> dict[int, Literal["joined", "already", "unknown"]]:
    done = put_all_in(room_id=parse_id(room_id), member_ids=member_ids, acting=acting_of(request), now=view.now)
    for change in done.came:
        tell_joined(request, change)
    return done.outcomes


def _place_object(place: roster.Place) -> dict[str, Any]:
    return {
        "memberId": place.member_id,
        "nickName": place.nickname,
        "role": place.role,
        "readSeq": place.read_seq,
        "joinedSeq": place.joined_seq,
    }
