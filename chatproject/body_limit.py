"""No HTTP body of more than BODY_MAX_BYTES is read. An ASGI wrapper around the Django application.

Bytes are counted as they arrive, so a Content-Length that is absent or lies changes nothing.
"""

import asyncio
import contextlib

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPScope,
    Scope,
)

from chatproject.errors import TooLarge
from chatproject.refusals import refuse

BODY_MAX_BYTES = 1024 * 1024  # the largest honest body is an admin form
DROPPED_MAX_BYTES = 16 * BODY_MAX_BYTES  # a photo or a short film by mistake; whoever sends more is cut off
DROPPING_TIMEOUT_S = 5.0


class BodyLimit:
    """Answers 413 E-C002 to a larger body, drops the rest of it within limits, and closes the connection."""

    def __init__(self, application: ASGI3Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        if _announced_bytes(scope) > BODY_MAX_BYTES:
            if not _asks_before_sending(scope):
                await _drop_rest(receive)
            await refuse(scope, send, TooLarge(), closes=True)
            return
        received = 0

        async def receive_counting() -> ASGIReceiveEvent:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > BODY_MAX_BYTES:
                    # Django drops a request whose client has gone while it reads the body, and answers nothing
                    return {"type": "http.disconnect"}
            return event

        await self.application(scope, receive_counting, send)
        if received > BODY_MAX_BYTES:
            await _drop_rest(receive)
            await refuse(scope, send, TooLarge(), closes=True)


def _announced_bytes(scope: HTTPScope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


def _asks_before_sending(scope: HTTPScope) -> bool:
    return any(name == b"expect" for name, _value in scope["headers"])


async def _drop_rest(receive: ASGIReceiveCallable) -> None:
    """Take in what still comes: a connection that is closed before is reset, and the client loses the answer."""
    dropped, more = 0, True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DROPPING_TIMEOUT_S):
            while more and dropped < DROPPED_MAX_BYTES:
                event = await receive()
                more = event["type"] == "http.request" and event.get("more_body", False)
                dropped += len(event["body"]) if event["type"] == "http.request" else 0
