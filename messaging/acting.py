"""Acts on messages from outside of sockets: REST and the admin. They take the same road as those of sockets."""

import time
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from chatproject.errors import ChatError, StoreUnavailable
from chatproject.tokens import Caller
from messaging.store.acts import Act, Later
from messaging.store.database import ANSWER_DEADLINE_S, RETRY_AFTER_S
from messaging.store.services import Draft, Stored, store_batch
from rooms.moderation.ranks import Acting


def take_turn(request: HttpRequest | Request, by: Caller | Acting) -> None:
    """What comes before each act of a member that all processes or a room's listeners hear of; staff do as much as
    they want. Raises TooManyRequests.
    """
    server = getattr(request, "scope", {}).get("chat_server")
    if server is not None and isinstance(by, Caller):
        async_to_sync(server.take_turn)(by.member_id)


def carry_out(request: HttpRequest | Request, act: Act) -> Stored:
    """What the act made of its message, once that is committed; live sockets are told.

    Outside ASGI there is no chat server in the process: then those that serve sockets find it by their sweep.
    Raises the act's own refusal, TooManyRequests where the member does and says too much, StoreUnavailable where
    it was not stored in time.
    """
    return _save(request, act, turn_of=act.member_id)


def let_go(request: HttpRequest | Request, draft: Draft) -> Stored:
    """The same of a held message, which is said now."""
    return _save(request, draft, turn_of=None)


def say(request: HttpRequest | Request, draft: Draft) -> Stored:
    """The same of what is said in nobody's name: once for each client id. Raises RoomNotFound."""
    return _save(request, draft, turn_of=None)


def _save(request: HttpRequest | Request, entry: Draft | Act, *, turn_of: int | None) -> Stored:
    server = getattr(request, "scope", {}).get("chat_server")
    if server is None:
        return _store(entry)

    async def save_on_loop() -> Any:
        await server.take_turn(turn_of)
        return await (server.store(entry) if isinstance(entry, Draft) else server.carry_out(entry))

    stored: Stored = async_to_sync(save_on_loop)()
    return stored


def _store(entry: Draft | Act) -> Stored:
    """In this thread, after the wait of a reaction that comes too soon."""
    deadline = time.monotonic() + ANSWER_DEADLINE_S
    while time.monotonic() < deadline:
        [outcome] = store_batch([entry], now=timezone.now())
        match outcome:
            case Stored():
                return outcome
            case Later():
                time.sleep(outcome.wait_s)
            case ChatError():
                raise outcome
    raise StoreUnavailable(retry_after=RETRY_AFTER_S)
