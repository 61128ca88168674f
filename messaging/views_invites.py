"""REST of invitations into rooms. Coming in by one is in `views`."""

from typing import Annotated, Any

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import ChatError, InviteEnded, ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.http.api import caller_of, parse_body, parse_id
from chatproject.http.openapi import (
    COUNT,
    INTEGER_ID,
    NOTHING,
    ROOM_ID_IN_PATH,
    Json,
    describe,
    in_path,
    list_of,
    object_of,
)
from chatproject.room_errors import NothingThere
from messaging.acting import take_turn
from messaging.store.cards import room_cards
from messaging.views import INVITE_CODE, INVITE_EXAMPLE
from messaging.views_rooms import CARD, CARD_EXAMPLE
from messaging.wire.times import wire_time
from rooms.invite_models import Invite
from rooms.models import shown_nickname
from rooms.moderation import inviting
from rooms.services import mirror_member

INVITE_ID_IN_PATH = in_path("invite_id", INTEGER_ID, "The invitation.", example=1)
CODE_IN_PATH = in_path("code", INVITE_CODE, "Of the invitation.", example=INVITE_EXAMPLE)
INVITE_BODY: Json = {
    "type": "object",
    "properties": {
        "days": {"type": "integer", "minimum": 1, "maximum": inviting.DAYS_MOST, "default": inviting.DAYS_DEFAULT},
        "uses": {
            "type": "integer",
            "minimum": 0,
            "maximum": inviting.USES_MOST,
            "default": 0,
            "description": "0: as often as one likes.",
        },
    },
}
_TIME = {"type": "string", "format": "date-time"}
_TERMS = {"inviteId": INTEGER_ID, "expiresAt": _TIME, "uses": COUNT, "used": COUNT}
_TERMS_EXAMPLE = {"inviteId": 1, "expiresAt": "2026-11-29T09:00:00.123456Z", "uses": 0, "used": 0}
INVITE = object_of(**_TERMS, memberId=INTEGER_ID, nickName={"type": "string"}, madeAt=_TIME)
INVITE_SHOWN = {**_TERMS_EXAMPLE, "memberId": 2, "nickName": "지은", "madeAt": "2026-11-22T09:00:00.123456Z"}
NOT_THERE: list[type[ChatError]] = [RoomNotFound, NotGroupRoom, NotInRoom]


class InviteBody(msgspec.Struct, frozen=True):
    days: Annotated[int, Meta(ge=1, le=inviting.DAYS_MOST)] = inviting.DAYS_DEFAULT
    uses: Annotated[int, Meta(ge=0, le=inviting.USES_MOST)] = 0


class RoomInvites(APIView):
    @describe(
        "Invite into a room: members into open ones, managers into all; the code is told this once",
        parameters=[ROOM_ID_IN_PATH],
        body=INVITE_BODY,
        data=object_of(**_TERMS, code=INVITE_CODE),
        example={**_TERMS_EXAMPLE, "code": INVITE_EXAMPLE},
        refusals=[*NOT_THERE, ManagersOnly],
    )
    def post(self, request: Request, room_id: str) -> Response:
        number, body, caller = parse_id(room_id), parse_body(request, InviteBody), caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        made = inviting.make_invite(room_id=number, by=caller, days=body.days, uses=body.uses, now=timezone.now())
        return Response({**_terms_of(made.invite), "code": made.code})

    @describe(
        "The invitations into a room that hold, the newest first: for its managers all, for others their own",
        parameters=[ROOM_ID_IN_PATH],
        data=object_of(invites=list_of(INVITE)),
        example={"invites": [INVITE_SHOWN]},
        refusals=NOT_THERE,
    )
    def get(self, request: Request, room_id: str) -> Response:
        number, caller = parse_id(room_id), caller_of(request)
        mirror_member(caller=caller)
        found = inviting.invites_of(room_id=number, caller=caller, now=timezone.now())
        return Response({"invites": [_invite_object(invite) for invite in found]})


class OneInvite(APIView):
    @describe(
        "End an invitation: one's own, and for managers everybody's",
        parameters=[ROOM_ID_IN_PATH, INVITE_ID_IN_PATH],
        data=NOTHING,
        refusals=[*NOT_THERE, NothingThere],
    )
    def delete(self, request: Request, room_id: str, invite_id: str) -> Response:
        number, invite, caller = parse_id(room_id), parse_id(invite_id, name="inviteId"), caller_of(request)
        mirror_member(caller=caller)
        take_turn(request, caller)
        inviting.end_invite(room_id=number, invite_id=invite, by=caller, now=timezone.now())
        return Response()


class ShowInvitation(APIView):
    @describe(
        "The room into which one is invited",
        parameters=[CODE_IN_PATH],
        data=CARD,
        example=CARD_EXAMPLE,
        refusals=[InviteEnded],
    )
    def get(self, request: Request, code: str) -> Response:
        now, member_id = timezone.now(), mirror_member(caller=caller_of(request)).member_id
        [card] = room_cards([inviting.invited_room(code=code, now=now)], member_id=member_id, now=now)
        return Response(card)


def _terms_of(invite: Invite) -> dict[str, Any]:
    return {
        "inviteId": invite.pk,
        "expiresAt": wire_time(invite.expires_at),
        "uses": invite.uses,
        "used": invite.used,
    }


def _invite_object(invite: Invite) -> dict[str, Any]:
    return {
        **_terms_of(invite),
        "memberId": invite.made_by_id,
        "nickName": shown_nickname(invite.made_by.nickname, member_id=invite.made_by_id),
        "madeAt": wire_time(invite.made_at),
    }
