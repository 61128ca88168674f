"""What several endpoints of the server API describe, take and answer alike."""

from typing import Any

from rest_framework.request import Request

from chatproject.errors import RoomNotFound
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
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from rooms.moderation import ranks
from rooms.moderation.ranks import Acting
from rooms.moderation.rules import room_rules
from rooms.selectors import private_room_names

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
    slowSeconds=COUNT,
    readOnly=FLAG,
    joining={"type": "string", "enum": Room.Joining.values},
    joinCode=optional(TEXT),
    counselling=FLAG,
    allowsPreviews=FLAG,
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
    "slowSeconds": 0,
    "readOnly": False,
    "joining": "open",
    "joinCode": None,
    "counselling": False,
    "allowsPreviews": True,
    "createdAt": "2026-11-29T09:00:00.123456Z",
}


def acting_of(request: Request) -> Acting:
    """The main server, as those know it who decide what may be done."""
    return ranks.main_server(main_server_of(request).key_id)


def room_object(room_id: int, request: Request) -> dict[str, Any]:
    """The room as it is now; its join code is for who may let members in. Raises RoomNotFound."""
    found = room_rules(room_id=room_id, member_ids=())
    if found is None:
        raise RoomNotFound
    room = found.room
    may_see_code = main_server_of(request).may(Scope.ROOMS)
    return {
        "roomId": room.room_id,
        "roomName": room.name or private_room_names(room_ids=[room.pk])[room.pk],
        "isGroupChat": room.is_group_chat,
        "ownerId": found.owner_id,
        "managerIds": list(found.manager_ids),
        "memberCount": Participant.objects.filter(room=room).count(),
        "lastSeq": room.last_seq,
        "slowSeconds": room.slow_s,
        "readOnly": room.is_read_only,
        "joining": room.joining,
        "joinCode": (room.join_code or None) if may_see_code else None,
        "counselling": room.is_counselling,
        "allowsPreviews": room.allows_previews,
        "createdAt": wire_time(room.created_at),
    }
