"""Roles and rules of rooms, from sockets, REST and the admin alike: decided and stored, then told to who listens.

Who may do what is decided in `rooms.moderation`.
"""

from datetime import datetime
from typing import Any, Protocol, assert_never

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from chatproject.tokens import Caller
from messaging.acting import take_turn
from messaging.wire.client_frames import SetRole, SetRules
from rooms.moderation.ranks import Acting
from rooms.moderation.roles import set_role
from rooms.moderation.rules import Rules, set_rules
from rooms.telling import tell_rules

Asked = SetRole | SetRules


class Server(Protocol):
    """What is needed of the chat server."""

    async def take_turn(self, member_id: int | None) -> None: ...
    async def run(self, function: Any, /, *args: Any, **kwargs: Any) -> Any: ...
    def tell_rules(self, room_id: int, roster_version: int) -> None: ...


async def rule(server: Server, asked: Asked, *, caller: Caller) -> None:
    """Do it in the caller's name. Raises TooManyRequests, StoreUnavailable, and what `decide` raises."""
    await server.take_turn(caller.member_id)
    version = await server.run(decide, asked, by=caller, now=timezone.now())
    if version is not None:
        server.tell_rules(asked.room_id, version)


def carry_out(request: HttpRequest | Request, asked: Asked, *, by: Caller | Acting) -> None:
    """The same of a request, or of staff in the admin; live sockets are told once it is committed.
    Raises TooManyRequests where a member does too much.
    """
    take_turn(request, by)
    tell_rules(request, asked.room_id, decide(asked, by=by, now=timezone.now()))


def decide(asked: Asked, *, by: Caller | Acting, now: datetime) -> int | None:
    """Do it; returns the room's roster version, None where nothing changed. Raises as `set_role`, `set_rules`."""
    match asked:
        case SetRole():
            return set_role(room_id=asked.room_id, member_id=asked.member_id, role=asked.role, by=by, now=now)
        case SetRules():
            wanted = Rules(
                slow_s=asked.slow_seconds,
                is_read_only=asked.read_only,
                joining=asked.joining,
                name=asked.room_name,
                description=asked.description,
            )
            return set_rules(room_id=asked.room_id, rules=wanted, by=by, now=now)
        case _:
            assert_never(asked)
