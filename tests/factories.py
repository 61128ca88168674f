"""Members, rooms and tokens for tests, in few words. Rows are made as the services leave them."""

import time
from typing import Any

import jwt
from django.conf import settings

from chatproject.tokens import Caller, Role
from rooms.models import Member, Participant, Room
from rooms.names import make_pair_key

ALICE, BOB, CHARLIE = 7, 3, 11  # member numbers of the cast: Alice owns, Bob is in, Charlie is a stranger
HOUR_S = 3_600


def make_member(member_id: int, nickname: str, role: Role = "USER") -> Member:
    return Member.objects.create(member_id=member_id, nickname=nickname, role=role)


def make_group_room(name: str, *members: Member) -> Room:
    return _make_room(Room(name=name, is_group_chat=True), members)


def make_private_room(one: Member, other: Member) -> Room:
    pair_key = make_pair_key(one.member_id, other.member_id)
    return _make_room(Room(is_group_chat=False, pair_key=pair_key), (one, other))


def _make_room(room: Room, members: tuple[Member, ...]) -> Room:
    room.roster_version = len(members)
    room.save()
    for member in members:
        Participant.objects.create(room=room, member=member)
    return room


def give_role(room: Room, member_id: int, role: str = "owner") -> None:
    """Make somebody in the room its owner, a manager, or a member."""
    assert Participant.objects.filter(room_id=room.pk, member_id=member_id).update(role=role) == 1
    if role == "owner":
        Room.objects.filter(pk=room.pk).update(is_owned=True)


def caller(member_id: int, nickname: str | None = None, role: Role = "USER", **claims: Any) -> Caller:
    """Whom a valid token of that member speaks for; `claims` as Caller names them."""
    expires_at = int(time.time()) + HOUR_S
    return Caller(member_id=member_id, role=role, expires_at=expires_at, nickname=nickname, **claims)


def token_for(member_id: int, **claims: Any) -> str:
    """A token as the main server signs it, valid for an hour; `claims` add to it or replace."""
    now_s = int(time.time())
    usual = {"category": "access", "userId": member_id, "role": "USER", "iat": now_s, "exp": now_s + HOUR_S}
    return jwt.encode(usual | claims, settings.JWT_SECRET, algorithm="HS256")
