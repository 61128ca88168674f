"""Notices that the main server says in a room, in nobody's name."""

from typing import Any

import msgspec
from rest_framework.request import Request

from chatproject.errors import RoomNotFound
from chatproject.http.api import parse_body, parse_id
from chatproject.http.openapi import INTEGER_ID, ROOM_ID_IN_PATH, object_of
from chatproject.server_api.endpoints import ServerView, writes
from chatproject.server_api.models import Scope
from messaging.acting import say
from messaging.server_views.described import acting_of
from messaging.store.services import Draft
from messaging.wire.content import MESSAGE_MAX_CHARACTERS, check_message, own_client_id

MESSAGE = {"type": "string", "minLength": 1, "maxLength": MESSAGE_MAX_CHARACTERS}


class NoticeBody(msgspec.Struct, frozen=True):
    message: str


class ServerNotices(ServerView):
    @writes(
        "Say a notice in a room",
        scope=Scope.NOTICES,
        parameters=[ROOM_ID_IN_PATH],
        body=object_of(message=MESSAGE),
        data=object_of(roomId=INTEGER_ID, seq=INTEGER_ID),
        example={"roomId": 1, "seq": 105},
        refusals=[RoomNotFound],
        is_one_transaction=False,  # the process's writer commits it
    )
    def post(self, request: Request, room_id: str) -> Any:
        number, text = parse_id(room_id), parse_body(request, NoticeBody).message
        check_message(text)
        draft = Draft(
            room_id=number,
            sender_id=None,
            contents=text,
            client_id=own_client_id(self.seed),
            kind="notice",
            by=acting_of(request).logged,
        )
        return {"roomId": number, "seq": say(request, draft).message.seq}
