"""Acts on messages from outside of sockets: REST and the admin. They take the same road as those of sockets."""

import time
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from chatproject.errors import ChatError, StoreUnavailable
from messaging.store.acts import Act, Later
from messaging.store.database import ANSWER_DEADLINE_S, RETRY_AFTER_S
from messaging.store.services import Stored, store_batch


def carry_out(request: HttpRequest | Request, act: Act) -> Stored:
    """What the act made of its message, once that is committed; live sockets are told.

    Outside ASGI there is no chat server in the process: then those that serve sockets find it by their sweep.
    Raises the act's own refusal, TooManyRequests where the member does and says too much, StoreUnavailable where
    it was not stored in time.
    """
    server = getattr(request, "scope", {}).get("chat_server")
    if server is None:
        return _store(act)

    async def save_on_loop() -> Any:
        await server.take_turn(act.member_id)
        return await server.carry_out(act)

    stored: Stored = async_to_sync(save_on_loop)()
    return stored


def _store(act: Act) -> Stored:
    """In this thread, after the wait of a reaction that comes too soon."""
    deadline = time.monotonic() + ANSWER_DEADLINE_S
    while time.monotonic() < deadline:
        [outcome] = store_batch([act], now=timezone.now())
        match outcome:
            case Stored():
                return outcome
            case Later():
                time.sleep(outcome.wait_s)
            case ChatError():
                raise outcome
    raise StoreUnavailable(retry_after=RETRY_AFTER_S)
