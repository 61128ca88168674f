"""Members, for the main server: what they are called, how much they have not read, and that they are to go."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from rest_framework.request import Request

from chatproject.errors import MemberNotFound
from chatproject.http.api import parse_body, parse_id
from chatproject.http.openapi import COUNT, INTEGER_ID, Json, list_of, object_of, optional
from chatproject.server_api.endpoints import ServerView, reads, writes
from chatproject.server_api.errors import MembersElsewhere
from chatproject.server_api.models import Scope
from messaging.server_views.described import MEMBER_ID_IN_PATH, TEXT, TIME, acting_of
from messaging.server_views.erasures import ORDER_EXAMPLE, RECEIPT, order_erasure
from messaging.server_views.rooms import MemberId
from messaging.store.unread import Unread, unread_of_all, unread_rooms
from messaging.wire.times import wire_time
from rooms.members.ages import age_of, set_age
from rooms.members.naming import name_member
from rooms.models import Member, Participant
from rooms.selectors import require_member

COUNTED_MOST = 100
NICKNAME_MAX = 255  # characters taken; about twenty are kept
ROLE = {"type": "string", "enum": Member.Role.values}
UNDER14: Json = {**optional({"type": "boolean"}), "description": "null: nobody said."}
MEMBER = object_of(memberId=INTEGER_ID, nickName=TEXT, role=ROLE, createdAt=TIME, under14=UNDER14)
MEMBER_EXAMPLE = {
    "memberId": 3,
    "nickName": "지은",
    "role": "USER",
    "createdAt": "2026-11-29T09:00:00.123456Z",
    "under14": None,
}
NAMED = object_of(nickname={"type": "string", "minLength": 1, "maxLength": NICKNAME_MAX}, role=ROLE)
AGE = object_of(under14=UNDER14)
UNREAD = object_of(memberId=INTEGER_ID, unReadCount=COUNT, mentionCount=COUNT)
UNREAD_EXAMPLE = {"memberId": 3, "unReadCount": 7, "mentionCount": 1}
ROOM_UNREAD = object_of(
    roomId=INTEGER_ID,
    unReadCount=COUNT,
    mentionCount=COUNT,
    notify={"type": "string", "enum": Participant.Notify.values},
)
WITH_ROOMS = {
    **UNREAD,
    "properties": {**UNREAD["properties"], "rooms": list_of(ROOM_UNREAD)},
    "required": [*UNREAD["required"], "rooms"],
}
WITH_ROOMS_EXAMPLE = {
    **UNREAD_EXAMPLE,
    "rooms": [{"roomId": 1, "unReadCount": 7, "mentionCount": 1, "notify": "all"}],
}
COUNTED = {
    "type": "object",
    "properties": {"memberIds": {**list_of(INTEGER_ID), "maxItems": COUNTED_MOST}},
    "required": ["memberIds"],
}


class NamedBody(msgspec.Struct, frozen=True):
    nickname: Annotated[str, Meta(max_length=NICKNAME_MAX)]
    role: Literal["USER", "ADMIN"]


class AgeBody(msgspec.Struct, frozen=True):
    under14: bool | None


class CountedBody(msgspec.Struct, frozen=True, rename="camel"):
    member_ids: Annotated[tuple[MemberId, ...], Meta(max_length=COUNTED_MOST)]


class ServerMember(ServerView):
    @reads(
        "A member as this server knows them",
        scope=Scope.MEMBERS,
        parameters=[MEMBER_ID_IN_PATH],
        data=MEMBER,
        example=MEMBER_EXAMPLE,
        refusals=[MemberNotFound],
    )
    def get(self, request: Request, member_id: str) -> Any:
        return _member_object(require_member(member_id=parse_id(member_id, name="memberId")))

    @writes(
        "Make a member, or call them otherwise, as a token of theirs would; the answer is what is kept",
        scope=Scope.MEMBERS,
        parameters=[MEMBER_ID_IN_PATH],
        body=NAMED,
        data=MEMBER,
        example=MEMBER_EXAMPLE,
        refusals=[MembersElsewhere],
    )
    def put(self, request: Request, member_id: str) -> Any:
        number, body = parse_id(member_id, name="memberId"), parse_body(request, NamedBody)
        member = name_member(
            member_id=number,
            nickname=body.nickname,
            role=body.role,
            acting=acting_of(request),
            now=self.now,
        )
        return _member_object(member)

    @writes(
        "Erase a member: signed out at once, then all that they said and left, within seconds to minutes",
        scope=Scope.PERSONAL,
        parameters=[MEMBER_ID_IN_PATH],
        data=RECEIPT,
        example=ORDER_EXAMPLE,
    )
    def delete(self, request: Request, member_id: str) -> Any:
        return order_erasure(request, member_id, view=self)


class ServerAge(ServerView):
    @writes(
        "Say whether a member is under 14, in place of what tokens said; null forgets it",
        scope=Scope.MEMBERS,
        parameters=[MEMBER_ID_IN_PATH],
        body=AGE,
        data=MEMBER,
        example={**MEMBER_EXAMPLE, "under14": True},
        refusals=[MemberNotFound],
    )
    def put(self, request: Request, member_id: str) -> Any:
        number, body = parse_id(member_id, name="memberId"), parse_body(request, AgeBody)
        member = require_member(member_id=number)
        set_age(member, under14=body.under14, acting=acting_of(request), now=self.now)
        return _member_object(member)


class ServerUnread(ServerView):
    @reads(
        "How much a member has not read, over all rooms and in each",
        scope=Scope.MEMBERS,
        parameters=[MEMBER_ID_IN_PATH],
        data=WITH_ROOMS,
        example=WITH_ROOMS_EXAMPLE,
        refusals=[MemberNotFound],
    )
    def get(self, request: Request, member_id: str) -> Any:
        number = require_member(member_id=parse_id(member_id, name="memberId")).member_id
        found = unread_rooms(member_id=number)
        rooms = [
            {
                "roomId": one.room_id,
                "unReadCount": one.messages,
                "mentionCount": one.mentions,
                "notify": one.notify,
            }
            for one in found
        ]
        total = Unread(sum(one.messages for one in found), sum(one.mentions for one in found))
        return {**_unread_object(number, total), "rooms": rooms}


class ServerUnreadOfMany(ServerView):
    @reads(
        "The same of up to 100 members, without their rooms; who is no member has read everything",
        scope=Scope.MEMBERS,
        body=COUNTED,
        data=object_of(members=list_of(UNREAD)),
        example={"members": [UNREAD_EXAMPLE]},
    )
    def post(self, request: Request) -> Any:
        member_ids = dict.fromkeys(parse_body(request, CountedBody).member_ids)
        found = unread_of_all(member_ids=member_ids)
        return {"members": [_unread_object(one, found[one]) for one in member_ids]}


def _unread_object(member_id: int, unread: Unread) -> dict[str, int]:
    return {"memberId": member_id, "unReadCount": unread.messages, "mentionCount": unread.mentions}


def _member_object(member: Member) -> dict[str, Any]:
    return {
        "memberId": member.member_id,
        "nickName": member.nickname,
        "role": member.role,
        "createdAt": wire_time(member.created_at),
        "under14": age_of(member_id=member.member_id),
    }
