"""What several endpoints of the server API describe, take and answer alike."""

from typing import Any

from rest_framework.request import Request

from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    Json,
    in_path,
    list_of,
    object_of,
    optional,
)
from chatproject.server_api.authentication import main_server_of
from chatproject.server_api.models import Scope
from messaging.store.all_rooms import SeenRoom, see_rooms
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import ranks
from rooms.moderation.ranks import Acting
from rooms.selectors import require_room

MEMBERS_MOST = 500  # in one call
MEMBER_ID_IN_PATH = in_path("member_id", INTEGER_ID, "The member.", example=3)
TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
TIME: Json = {"type": "string", "format": "date-time"}
MEMBER_IDS: Json = {**list_of(INTEGER_ID), "maxItems": MEMBERS_MOST}
ROOM = object_of(
    roomId=INTEGER_ID,
    roomName=TEXT,
    isGroupChat=FLAG,
    ownerId=optional(INTEGER_ID),
    managerIds=list_of(INTEGER_ID),
    memberCount=COUNT,
    lastSeq=COUNT,
    lastMessageAt=optional(TIME),
    slowSeconds=COUNT,
    readOnly=FLAG,
    joining={"type": "string", "enum": Room.Joining.values},
    joinCode=optional(TEXT),
    counselling=FLAG,
    allowsPreviews=FLAG,
    keepsFilesDays=optional(COUNT),
    description={"type": "string"},
    createdAt=TIME,
)
ROOM_EXAMPLE = {
    "roomId": 1,
    "roomName": "고민상담방",
    "isGroupChat": True,
    "ownerId": 2,
    "managerIds": [3],
    "memberCount": 12,
    "lastSeq": 104,
    "lastMessageAt": "2026-11-29T10:30:00.123456Z",
    "slowSeconds": 0,
    "readOnly": False,
    "joining": "open",
    "joinCode": None,
    "counselling": False,
    "allowsPreviews": True,
    "keepsFilesDays": None,
    "description": "",
    "createdAt": "2026-11-29T09:00:00.123456Z",
}


def acting_of(request: Request) -> Acting:
    """The main server, as those know it who decide what may be done."""
    return ranks.main_server(main_server_of(request).key_id)


def room_object(room_id: int, request: Request) -> dict[str, Any]:
    """The room as it is now. Raises RoomNotFound."""
    [seen] = see_rooms([require_room(room_id=room_id)])
    return seen_object(seen, request)


def seen_object(seen: SeenRoom, request: Request) -> dict[str, Any]:
    """Its join code is for who may let members in."""
    room, may_see_code = seen.room, main_server_of(request).may(Scope.ROOMS)
    return {
        "roomId": room.room_id,
        "roomName": seen.name,
        "isGroupChat": room.is_group_chat,
        "ownerId": seen.owner_id,
        "managerIds": seen.manager_ids,
        "memberCount": seen.member_count,
        "lastSeq": room.last_seq,
        "lastMessageAt": None if seen.said_at is None else wire_time(seen.said_at),
        "slowSeconds": room.slow_s,
        "readOnly": room.is_read_only,
        "joining": room.joining,
        "joinCode": (room.join_code or None) if may_see_code else None,
        "counselling": room.is_counselling,
        "allowsPreviews": room.allows_previews,
        "keepsFilesDays": room.keeps_files,
        "description": room.description,
        "createdAt": wire_time(room.created_at),
    }
