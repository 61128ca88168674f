"""REST of what is done to messages that were said: edit, delete, react, pin, and what came of it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import (
    ChatError,
    ManagersOnly,
    MessageDeleted,
    MessageNotFound,
    NotInRoom,
    NotYourMessage,
    RoomNotFound,
    TooLarge,
    TooLate,
    TooManyReactions,
    UnknownReaction,
)
from chatproject.http.api import BIGINT_MAX, caller_of, parse_body, parse_id, query_integer
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    ROOM_ID_IN_PATH,
    describe,
    in_path,
    list_of,
    object_of,
    optional,
    query,
    struct_schema,
)
from chatproject.room_errors import MessageHidden, MessageRefused, Muted, RankTooLow, ReadOnlyRoom
from messaging.acting import carry_out
from messaging.store import act_selectors
from messaging.store.act_selectors import PINS_DEFAULT, PINS_MAX, REACTORS_DEFAULT, REACTORS_MAX
from messaging.store.acts import DeleteAct, EditAct, PinAct, ReactAct
from messaging.views import MESSAGE_EXAMPLE
from messaging.views_mine import limit_of, limit_parameter
from messaging.wire.content import MESSAGE_MAX_CHARACTERS, check_mentions, check_message
from messaging.wire.marks import MENTIONS_MAX
from messaging.wire.protocol import MessageObject
from rooms.models import Member
from rooms.services import mirror_member

SEQ_IN_PATH = in_path("seq", INTEGER_ID, "The message's number in the room.", example=4)
KEY_IN_PATH = in_path("key", {"type": "string"}, "One of the `reactions` of `welcome`.", example="heart")
OF_MESSAGE, OF_REACTION = [ROOM_ID_IN_PATH, SEQ_IN_PATH], [ROOM_ID_IN_PATH, SEQ_IN_PATH, KEY_IN_PATH]
VERSION, VERSION_EXAMPLE = object_of(version=COUNT), {"version": 6}
NOWHERE: list[type[ChatError]] = [RoomNotFound, NotInRoom, MessageNotFound]
SILENCED: list[type[ChatError]] = [*NOWHERE, Muted, ReadOnlyRoom]
PIN = object_of(
    seq=INTEGER_ID,
    pinnedBy=optional(INTEGER_ID),
    pinnedAt={"type": "string", "format": "date-time"},
    unpinnedAt=optional({"type": "string", "format": "date-time"}),
    message=optional(struct_schema(MessageObject)),
)
PIN_EXAMPLE = {
    "seq": 4,
    "pinnedBy": 2,
    "pinnedAt": "2026-11-22T09:10:00.123456Z",
    "unpinnedAt": None,
    "message": MESSAGE_EXAMPLE | {"pinnedAt": "2026-11-22T09:10:00.123456Z"},
}
EDIT_BODY = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "maxLength": MESSAGE_MAX_CHARACTERS},
        "mentions": {**list_of(INTEGER_ID), "maxItems": MENTIONS_MAX},
        "everyone": {"type": "boolean"},
        "assisted": {"type": "boolean", "description": "The assistant drafted it; never taken back."},
    },
    "required": ["message"],
}


class EditBody(msgspec.Struct, frozen=True):
    message: str
    mentions: tuple[Annotated[int, Meta(ge=1, le=BIGINT_MAX)], ...] | None = None
    everyone: bool | None = None
    assisted: bool = False


def who_and_what(request: Request, room_id: str, seq: str) -> dict[str, Any]:
    """What every act has. Raises InvalidInput, MemberNotFound."""
    caller = caller_of(request)
    place = {"room_id": parse_id(room_id), "seq": parse_id(seq, name="seq")}
    member_id = mirror_member(caller=caller).member_id
    return {**place, "member_id": member_id, "is_admin": caller.role == Member.Role.ADMIN}


def _answer(request: Request, act: EditAct | DeleteAct | ReactAct | PinAct) -> Response:
    return Response({"version": carry_out(request, act).message.version})


class MessageText(APIView):
    @describe(
        "Give one's own message another text; without `mentions` and `everyone` those stay as they are",
        parameters=OF_MESSAGE,
        body=EDIT_BODY,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[
            *SILENCED,
            NotYourMessage,
            TooLate,
            MessageDeleted,
            MessageHidden,
            ManagersOnly,
            TooLarge,
            MessageRefused,
        ],
    )
    def put(self, request: Request, room_id: str, seq: str) -> Response:
        body = parse_body(request, EditBody)
        if body.message:  # without one, if it has files
            check_message(body.message)
        check_mentions(body.mentions or ())
        common = who_and_what(request, room_id, seq)
        act = EditAct(
            contents=body.message,
            mentions=body.mentions,
            everyone=body.everyone,
            assisted=body.assisted,
            **common,
        )
        return _answer(request, act)

    @describe(
        "Delete a message: one's own, and managers any; its number stays",
        parameters=OF_MESSAGE,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*NOWHERE, NotYourMessage, RankTooLow, TooLate],
    )
    def delete(self, request: Request, room_id: str, seq: str) -> Response:
        return _answer(request, DeleteAct(**who_and_what(request, room_id, seq)))


class OneReaction(APIView):
    @describe(
        "Who reacted so to a message, the first of them first",
        parameters=[
            *OF_REACTION,
            query("after", INTEGER_ID, "The `next` of the page before.", example=17, required=False),
            limit_parameter(maximum=REACTORS_MAX, default=REACTORS_DEFAULT),
        ],
        data=object_of(
            members=list_of(object_of(memberId=INTEGER_ID, nickName={"type": "string"})), next=optional(INTEGER_ID)
        ),
        example={"members": [{"memberId": 2, "nickName": "지은"}], "next": None},
        refusals=NOWHERE,
    )
    def get(self, request: Request, room_id: str, seq: str, key: str) -> Response:
        room, number = parse_id(room_id), parse_id(seq, name="seq")
        after = query_integer(request, "after", minimum=1)
        limit = limit_of(request, maximum=REACTORS_MAX, default=REACTORS_DEFAULT)
        member_id = mirror_member(caller=caller_of(request)).member_id
        members, next_page = act_selectors.reactors(
            room_id=room, member_id=member_id, seq=number, key=key, after=after, limit=limit
        )
        return Response({"members": members, "next": next_page})

    @describe(
        "React to a message; fine where one did",
        parameters=OF_REACTION,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*NOWHERE, Muted, MessageDeleted, MessageHidden, UnknownReaction, TooManyReactions],
    )
    def put(self, request: Request, room_id: str, seq: str, key: str) -> Response:
        return _answer(request, ReactAct(key=key, on=True, **who_and_what(request, room_id, seq)))

    @describe(
        "Take a reaction back; fine where there is none",
        parameters=OF_REACTION,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*NOWHERE, MessageDeleted, MessageHidden, UnknownReaction],
    )
    def delete(self, request: Request, room_id: str, seq: str, key: str) -> Response:
        return _answer(request, ReactAct(key=key, on=False, **who_and_what(request, room_id, seq)))


class PinMessage(APIView):
    @describe(
        "Make a message the room's notice, in place of any other; for managers, in a private room for both",
        parameters=OF_MESSAGE,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*NOWHERE, MessageDeleted, MessageHidden, ManagersOnly],
    )
    def put(self, request: Request, room_id: str, seq: str) -> Response:
        return _answer(request, PinAct(on=True, **who_and_what(request, room_id, seq)))

    @describe(
        "Take the notice down; fine where the message is none",
        parameters=OF_MESSAGE,
        data=VERSION,
        example=VERSION_EXAMPLE,
        refusals=[*NOWHERE, ManagersOnly],
    )
    def delete(self, request: Request, room_id: str, seq: str) -> Response:
        return _answer(request, PinAct(on=False, **who_and_what(request, room_id, seq)))


class ListPins(APIView):
    @describe(
        "The room's notices, the newest first, with those that were taken down",
        parameters=[
            ROOM_ID_IN_PATH,
            query("before", INTEGER_ID, "The `next` of the page before.", example=17, required=False),
            limit_parameter(maximum=PINS_MAX, default=PINS_DEFAULT),
        ],
        data=object_of(pins=list_of(PIN), next=optional(INTEGER_ID)),
        example={"pins": [PIN_EXAMPLE], "next": None},
        refusals=[RoomNotFound, NotInRoom],
    )
    def get(self, request: Request, room_id: str) -> Response:
        room, before = parse_id(room_id), query_integer(request, "before", minimum=1)
        limit = limit_of(request, maximum=PINS_MAX, default=PINS_DEFAULT)
        member_id = mirror_member(caller=caller_of(request)).member_id
        pins, next_page = act_selectors.pins(room_id=room, member_id=member_id, before=before, limit=limit)
        return Response({"pins": pins, "next": next_page})
