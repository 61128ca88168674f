"""What several endpoints of the server API describe, take and answer alike."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
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
from rooms.models import DESCRIPTION_MAX_CHARACTERS, Room
from rooms.moderation import ranks
from rooms.moderation.ranks import Acting
from rooms.moderation.rules import (
    AS_SITE,
    KEEPS_FILES_MAX_DAYS,
    KEEPS_MESSAGES_MAX_DAYS,
    SLOW_MAX_S,
    Rules,
)
from rooms.selectors import require_room

MEMBERS_MOST = 500  # in one call
MEMBER_ID_IN_PATH = in_path("member_id", INTEGER_ID, "The member.", example=3)
TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
TIME: Json = {"type": "string", "format": "date-time"}
MEMBER_IDS: Json = {**list_of(INTEGER_ID), "maxItems": MEMBERS_MOST}
RULES = {
    "slowSeconds": optional({"type": "integer", "minimum": 0, "maximum": SLOW_MAX_S}),
    "readOnly": optional(FLAG),
    "joining": optional({"type": "string", "enum": Room.Joining.values}),
    "counselling": optional(FLAG),
    "allowsPreviews": optional(FLAG),
    "keepsFilesDays": {
        **optional({"type": "integer", "minimum": AS_SITE, "maximum": KEEPS_FILES_MAX_DAYS}),
        "description": "0: for as long as their messages; -1: as the settings say.",
    },
    "keepsMessagesDays": {
        **optional({"type": "integer", "minimum": AS_SITE, "maximum": KEEPS_MESSAGES_MAX_DAYS}),
        "description": "What is older goes. 0: for good; -1: as the settings say.",
    },
    "description": optional({"type": "string", "maxLength": DESCRIPTION_MAX_CHARACTERS}),
}
ROOM = object_of(
    roomId=INTEGER_ID,
    roomName=TEXT,
    isGroupChat=FLAG,
    ownerId=optional(INTEGER_ID),
    managerIds=list_of(INTEGER_ID),
    memberCount=COUNT,
    firstSeq=COUNT,
    lastSeq=COUNT,
    lastMessageAt=optional(TIME),
    slowSeconds=COUNT,
    readOnly=FLAG,
    joining={"type": "string", "enum": Room.Joining.values},
    joinCode=optional(TEXT),
    counselling=FLAG,
    allowsPreviews=FLAG,
    keepsFilesDays=optional(COUNT),
    keepsMessagesDays=optional(COUNT),
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
    "firstSeq": 1,
    "lastSeq": 104,
    "lastMessageAt": "2026-11-29T10:30:00.123456Z",
    "slowSeconds": 0,
    "readOnly": False,
    "joining": "open",
    "joinCode": None,
    "counselling": False,
    "allowsPreviews": True,
    "keepsFilesDays": None,
    "keepsMessagesDays": None,
    "description": "",
    "createdAt": "2026-11-29T09:00:00.123456Z",
}


class RulesBody(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    slow_seconds: Annotated[int, Meta(ge=0, le=SLOW_MAX_S)] | None = None
    read_only: bool | None = None
    joining: Literal["open", "code", "approval"] | None = None
    counselling: bool | None = None
    allows_previews: bool | None = None
    keeps_files_days: Annotated[int, Meta(ge=AS_SITE, le=KEEPS_FILES_MAX_DAYS)] | None = None
    keeps_messages_days: Annotated[int, Meta(ge=AS_SITE, le=KEEPS_MESSAGES_MAX_DAYS)] | None = None
    description: str | None = None

    def rules(self) -> Rules:
        return Rules(
            slow_s=self.slow_seconds,
            is_read_only=self.read_only,
            joining=self.joining,
            is_counselling=self.counselling,
            allows_previews=self.allows_previews,
            keeps_files=self.keeps_files_days,
            keeps_messages=self.keeps_messages_days,
            description=self.description,
        )


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
        "firstSeq": room.first_seq,
        "lastSeq": room.last_seq,
        "lastMessageAt": None if seen.said_at is None else wire_time(seen.said_at),
        "slowSeconds": room.slow_s,
        "readOnly": room.is_read_only,
        "joining": room.joining,
        "joinCode": (room.join_code or None) if may_see_code else None,
        "counselling": room.is_counselling,
        "allowsPreviews": room.allows_previews,
        "keepsFilesDays": room.keeps_files,
        "keepsMessagesDays": room.keeps_messages,
        "description": room.description,
        "createdAt": wire_time(room.created_at),
    }
