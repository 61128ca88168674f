"""Whole rooms, for the main server: made, found, changed, deleted. Live sockets hear it as from anybody else."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rest_framework.request import Request

from chatproject.errors import CannotWrite, MemberNotFound, NotGroupRoom, RoomNameTaken, RoomNotFound
from chatproject.http.api import BIGINT_MAX, parse_body, parse_id, query_integer, query_text
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
from chatproject.server_api.endpoints import ServerView, reads, writes
from chatproject.server_api.models import Scope
from messaging.server_views.described import (
    MEMBER_IDS,
    MEMBERS_MOST,
    ROOM,
    ROOM_EXAMPLE,
    RULES,
    RulesBody,
    acting_of,
    room_object,
    seen_object,
)
from messaging.store.all_rooms import ROOMS_DEFAULT, ROOMS_MOST, rooms_page
from rooms.models import ROOM_NAME_LENGTHS
from rooms.moderation.founding import close_room, found_room, rename_room
from rooms.moderation.rules import set_rules
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS
from rooms.private_rooms import open_room_between
from rooms.selectors import group_room_named
from rooms.telling import tell_deleted, tell_joined, tell_rules

MemberId = Annotated[int, Meta(ge=1, le=BIGINT_MAX)]

ROOM_NAME = {"type": "string", "minLength": ROOM_NAME_LENGTHS.start, "maxLength": ROOM_NAME_LENGTHS.stop - 1}
NEW_ROOM = {
    "type": "object",
    "properties": {
        "roomName": ROOM_NAME,
        "memberIds": MEMBER_IDS,
        "ownerId": {**optional(INTEGER_ID), "description": "In the room too, named among `memberIds` or not."},
        **RULES,
    },
    "required": ["roomName"],
}
WHY = query(
    "why",
    {"type": "string", "maxLength": REASON_MAX_CHARACTERS},
    "Told to those who were in it, for 90 days.",
    example="모임이 끝났어요.",
    required=False,
)
PAIR = {
    "type": "object",
    "properties": {"memberIds": {**list_of(INTEGER_ID), "minItems": 2, "maxItems": 2}},
    "required": ["memberIds"],
}
CHANGES = {"type": "object", "properties": {"roomName": optional(ROOM_NAME), **RULES}}


class NewRoomBody(RulesBody, frozen=True, kw_only=True):
    room_name: str
    member_ids: Annotated[tuple[MemberId, ...], Meta(max_length=MEMBERS_MOST)] = ()
    owner_id: MemberId | None = None


class ChangesBody(RulesBody, frozen=True, kw_only=True):
    room_name: str | None = None


class PairBody(msgspec.Struct, frozen=True, rename="camel"):
    member_ids: tuple[MemberId, MemberId]


class ServerRooms(ServerView):
    @reads(
        "The group room of exactly this name",
        scope=Scope.ROOMS_READ,
        parameters=[query("name", {"type": "string"}, "", example="고민상담방")],
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound],
    )
    def get(self, request: Request) -> Any:
        return room_object(group_room_named(name=query_text(request, "name")).pk, request)

    @writes(
        "Make a group room, with members in it and rules",
        scope=Scope.ROOMS,
        body=NEW_ROOM,
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNameTaken, MemberNotFound],
    )
    def post(self, request: Request) -> Any:
        body = parse_body(request, NewRoomBody)
        room, came = found_room(
            name=body.room_name,
            member_ids=body.member_ids,
            owner_id=body.owner_id,
            rules=body.rules(),
            acting=acting_of(request),
            now=self.now,
        )
        for change in came:
            tell_joined(request, change)
        return room_object(room.pk, request)


class ServerAllRooms(ServerView):
    @reads(
        "All rooms by their numbers, private ones too, or all that a member is in",
        scope=Scope.ROOMS_READ,
        parameters=[
            query("after", COUNT, "The `next` of the page before.", example=2, required=False),
            query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": ROOMS_MOST, "default": ROOMS_DEFAULT},
                "So many at most.",
                example=100,
                required=False,
            ),
            query("memberId", INTEGER_ID, "Only rooms that this one is in.", example=3, required=False),
        ],
        data=object_of(rooms=list_of(ROOM), next=optional(INTEGER_ID)),
        example={"rooms": [ROOM_EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Any:
        after = query_integer(request, "after", default=0)
        limit = query_integer(request, "limit", minimum=1, maximum=ROOMS_MOST, default=ROOMS_DEFAULT)
        member_id = query_integer(request, "memberId", minimum=1)
        rooms, following = rooms_page(after=after, limit=limit, member_id=member_id)
        return {"rooms": [seen_object(seen, request) for seen in rooms], "next": following}


class ServerPrivateRooms(ServerView):
    @writes(
        "The private room of two members, made where there is none",
        scope=Scope.ROOMS,
        body=PAIR,
        data=ROOM,
        example={
            **ROOM_EXAMPLE,
            "roomName": "지은-민수",
            "isGroupChat": False,
            "ownerId": None,
            "managerIds": [],
            "memberCount": 2,
        },
        refusals=[MemberNotFound, CannotWrite],
    )
    def post(self, request: Request) -> Any:
        pair = parse_body(request, PairBody).member_ids
        room, came = open_room_between(*pair, acting=acting_of(request), now=self.now)
        for change in came:
            tell_joined(request, change)
        return room_object(room.pk, request)


class ServerRoom(ServerView):
    @reads(
        "A room as it is kept; the join code is for keys that may change rooms",
        scope=Scope.ROOMS_READ,
        parameters=[ROOM_ID_IN_PATH],
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound],
    )
    def get(self, request: Request, room_id: str) -> Any:
        return room_object(parse_id(room_id), request)

    @writes(
        "Change the name or the rules of a group room; what is left out stays as it is",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH],
        body=CHANGES,
        data=ROOM,
        example=ROOM_EXAMPLE,
        refusals=[RoomNotFound, NotGroupRoom, RoomNameTaken],
    )
    def patch(self, request: Request, room_id: str) -> Any:
        number, body, acting = parse_id(room_id), parse_body(request, ChangesBody), acting_of(request)
        versions = [set_rules(room_id=number, rules=body.rules(), by=acting, now=self.now)]
        if body.room_name is not None:
            versions.append(rename_room(room_id=number, name=body.room_name, acting=acting, now=self.now))
        for version in versions:
            tell_rules(request, number, version)
        return room_object(number, request)

    @writes(
        "Delete a room with everything in it but its log",
        scope=Scope.ROOMS,
        parameters=[ROOM_ID_IN_PATH, WHY],
        data=NOTHING,
        refusals=[RoomNotFound],
    )
    def delete(self, request: Request, room_id: str) -> Any:
        number = parse_id(room_id)
        why = request.query_params.get("why", "")
        deleted = close_room(room_id=number, acting=acting_of(request), now=self.now, why=why)
        tell_deleted(request, number, deleted)
