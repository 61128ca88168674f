"""Takes in the bodies of requests: not too large, not too slowly, not too many at once. An ASGI wrapper.

What is behind it gets a body whole, in one piece. Bytes are counted as they arrive, so a Content-Length that is
absent or lies changes nothing; a refusal is told at once, however much is still to come.
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

from chatproject.addresses import household_of
from chatproject.errors import ChatError, TooLarge, TooSlow, TwoEnds
from chatproject.http.body_budget import BodyBudget, Share
from chatproject.http.refusals import refuse
from chatproject.http.request_heads import (
    announced_bytes,
    asks_before_sending,
    brings_body,
    has_two_ends,
    says_to_be_staff,
)

BODY_MAX_BYTES = 64 * 1024  # the largest honest one is an assistant's persona, a tenth of this
STAFF_BODY_MAX_BYTES = 1024 * 1024  # a form of the admin with many rows
BODY_WINDOW_S = 10.0  # each one brings BODY_WINDOW_BYTES, or the end
BODY_WINDOW_BYTES = 16 * 1024
DROPPED_MAX_BYTES = 16 * 1024 * 1024  # a photo or a short film by mistake; whoever sends more is cut off
DROPPING_TIMEOUT_S = 5.0


class BodyLimit:
    """Refuses with 413 E-C002, 408 or 400 E-C001, 429 E-C004 or 503 E-S002, and closes the connection then."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self.budget = BodyBudget()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        refusal: ChatError | None = None
        with self.budget.share(household_of(scope)) as share:
            try:
                body = await _read(scope, receive, share)
            except ChatError as error:
                refusal = error.with_traceback(None)  # which holds what was read
            else:
                if body is not None:
                    await self._application(scope, _again(body, receive), send)
        if refusal is not None:
            await refuse_body(scope, receive, send, refusal)


async def refuse_body(
    scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, error: ChatError
) -> None:
    """Tell the client at once, while it still sends, and close the connection then."""

    async def drop() -> None:
        if not (asks_before_sending(scope) or isinstance(error, TooSlow | TwoEnds)):
            await _drop_rest(receive)

    await refuse(scope, send, error, closes=True, before_the_end=drop)


async def _read(scope: HTTPScope, receive: ASGIReceiveCallable, share: Share) -> bytes | None:
    """The whole body; it may come in a million pieces. None when the client goes before its end.

    Raises the ChatError that it is refused with.
    """
    if has_two_ends(scope):
        raise TwoEnds
    most = STAFF_BODY_MAX_BYTES if says_to_be_staff(scope) else BODY_MAX_BYTES
    if announced_bytes(scope) > most:
        raise TooLarge
    share.hold(0, is_whole=not brings_body(scope))
    body, window = bytearray(), Window()
    while True:
        event = await window.wait_for(receive)
        if event["type"] != "http.request":
            return None
        body += event.get("body", b"")
        if len(body) > most:
            raise TooLarge
        is_whole = not event.get("more_body", False)
        share.hold(len(body), is_whole=is_whole)
        if is_whole:
            return bytes(body)
        window.look_at(len(body))


class Window:
    """The time in which the next bytes of a body have to come."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begin_behind(0)

    def _begin_behind(self, size: int) -> None:
        self._ends_at, self._wanted = self._loop.time() + BODY_WINDOW_S, size + BODY_WINDOW_BYTES

    def look_at(self, size: int) -> None:
        """Begin the next window where this one has brought what it should."""
        if size >= self._wanted:
            self._begin_behind(size)

    async def wait_for(self, receive: ASGIReceiveCallable) -> ASGIReceiveEvent:
        """Raises TooSlow."""
        try:
            async with asyncio.timeout_at(self._ends_at):
                return await receive()
        except TimeoutError:
            raise TooSlow from None


def _again(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """The body as one event, then whatever the client does next."""
    events: list[ASGIReceiveEvent] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> ASGIReceiveEvent:
        return events.pop() if events else await receive()

    return receive_again


async def _drop_rest(receive: ASGIReceiveCallable) -> None:
    """Take in what still comes: a connection that is closed before is reset, and the answer may be lost."""
    dropped, more = 0, True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DROPPING_TIMEOUT_S):
            while more and dropped < DROPPED_MAX_BYTES:
                event = await receive()
                more = event["type"] == "http.request" and event.get("more_body", False)
                dropped += len(event["body"]) if event["type"] == "http.request" else 0
