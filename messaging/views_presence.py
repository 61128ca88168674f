"""REST of who is online, and of what a member chose about it."""

import re
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from msgspec import UNSET, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import InvalidInput
from chatproject.http.api import caller_of, parse_body, query_text
from chatproject.http.openapi import Json, describe, list_of, object_of, query, struct_schema
from messaging.presence.knowing import known_to
from messaging.wire.protocol import MemberPresence
from rooms.members.preferences import preferences_of, set_preferences
from rooms.models import MemberPreferences
from rooms.services import mirror_member
from rooms.telling import tell

MEMBER_IDS = r"[1-9][0-9]{0,17}(?:,[1-9][0-9]{0,17}){0,199}"
MEMBER_IDS_SCHEMA: Json = {"type": "string", "pattern": f"^{MEMBER_IDS}$"}
_member_ids = re.compile(MEMBER_IDS)
PRESENCE = struct_schema(MemberPresence)
PRESENCE_EXAMPLE = {
    "members": [
        {"memberId": 7, "online": True, "lastSeenAt": None},
        {"memberId": 3, "online": False, "lastSeenAt": "2026-11-29T09:00:00.000000Z"},
    ]
}
PREFERENCES = object_of(hidesPresence={"type": "boolean"}, previewsText={"type": "boolean"})
PREFERENCES_BODY: Json = {"type": "object", "properties": PREFERENCES["properties"]}
PREFERENCES_EXAMPLE = {"hidesPresence": False, "previewsText": True}


class PreferencesBody(msgspec.Struct, frozen=True, rename="camel"):
    hides_presence: bool | UnsetType = UNSET
    previews_text: bool | UnsetType = UNSET


class ShowPresence(APIView):
    @describe(
        "Who of these members is online, of those who share a room with the caller and let it be seen",
        parameters=[query("memberIds", MEMBER_IDS_SCHEMA, "At most 200, comma-separated.", example="7,3")],
        data=object_of(members=list_of(PRESENCE)),
        example=PRESENCE_EXAMPLE,
    )
    def get(self, request: Request) -> Response:
        raw = query_text(request, "memberIds")
        if not _member_ids.fullmatch(raw):
            raise InvalidInput
        others = {int(one) for one in raw.split(",")}
        known = known_to(member_id=mirror_member(caller=caller_of(request)).member_id, others=others)
        server = getattr(request, "scope", {}).get("chat_server")
        members = async_to_sync(server.watching.shown)(known) if server is not None else []
        return Response({"members": msgspec.to_builtins(members)})


class MyPreferences(APIView):
    @describe(
        "What the caller chose for all rooms",
        data=PREFERENCES,
        example=PREFERENCES_EXAMPLE,
    )
    def get(self, request: Request) -> Response:
        member_id = mirror_member(caller=caller_of(request)).member_id
        return Response(_shown(preferences_of(member_id=member_id)))

    @describe(
        "Choose for all rooms: whether nobody sees one online, and whether notifications show what was said. "
        "What is left out stays as it is",
        body=PREFERENCES_BODY,
        data=PREFERENCES,
        example=PREFERENCES_EXAMPLE,
    )
    def put(self, request: Request) -> Response:
        body = parse_body(request, PreferencesBody)
        member_id = mirror_member(caller=caller_of(request)).member_id
        chosen, is_seen_otherwise = set_preferences(
            member_id=member_id,
            hides_presence=None if body.hides_presence is UNSET else body.hides_presence,
            previews_text=None if body.previews_text is UNSET else body.previews_text,
        )
        if is_seen_otherwise:
            tell(request, lambda server: server.tell_presence([member_id]))
        return Response(_shown(chosen))


def _shown(chosen: MemberPreferences) -> dict[str, Any]:
    return {"hidesPresence": chosen.hides_presence, "previewsText": chosen.previews_text}
