"""How many HTTP requests are worked on at once, and how long one may take. An ASGI wrapper around Django.

Under ASGI every request has a thread of its own, and where it needs one a connection to the database; without a
bound a crowd, or a database that hangs, would take all the connections there are. A turn lasts while the answer is
made: not while the client reads it, however slowly; and the body is there already (`chatproject.http.body_limit`).
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    Scope,
)
from django.conf import settings

from chatproject.addresses import household_of
from chatproject.errors import StoreUnavailable
from chatproject.http.refusals import refuse
from chatproject.http.request_heads import is_for_staff, says_to_be_staff

REQUESTS_PER_THREAD = 4  # that are worked on at once, for each thread that reads for the sockets
WAITING_MAX = 256  # requests that wait for a turn; beyond, they would wait too long
ANSWER_WITHIN_S = 4.0  # a client is told within 5 s that the database does not answer
RETRY_AFTER_S = 1.0
DRAFTS_AT_ONCE = 64  # they wait for a model, on the chat server's database threads; bounded further in `assistant`
DRAFT_PATHS = "/v1/chat/llm"
STAFF_AT_ONCE = 4
STAFF_WAITING_MAX = 64
STAFF_WAITING_EACH = 16  # of one address: a session may be forged, and an office is behind one address
SIGN_INS_AT_ONCE = 1  # checking a password costs half a second of a processor that the chat needs
SIGN_INS_WAITING_MAX = 32
SIGN_INS_WAITING_EACH = 4  # of one address: the others' places are not its to fill
ALWAYS_ANSWERED = ("/v1/healthz", "/readyz", "/metrics")  # they use no connection of their own


class Turns:
    """Works on `at_once` requests; what waits too long, or finds too many waiting, is refused with E-S002."""

    def __init__(self, application: ASGI3Application, *, at_once: int) -> None:
        self._application = application
        self._requests, self._drafts = _Queue(at_once, WAITING_MAX), _Queue(DRAFTS_AT_ONCE, WAITING_MAX)
        # every request has a thread of its own, so what strangers do to the admin stops at these places
        self._staff = _Queue(STAFF_AT_ONCE, STAFF_WAITING_MAX, STAFF_WAITING_EACH)
        self._sign_ins = _Queue(SIGN_INS_AT_ONCE, SIGN_INS_WAITING_MAX, SIGN_INS_WAITING_EACH)
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED or _is_preflight(scope):
            await self._application(scope, receive, send)
            return
        answer: list[ASGISendEvent] = []
        queue = self._queue_of(scope)

        async def keep(event: ASGISendEvent) -> None:
            answer.append(event)

        in_time = await self._take_turn(
            queue,
            household_of(scope),
            lambda: self._application(scope, receive, keep),
            # staff may wait longer for a page of the admin, and whoever asks a model is told by the assistant
            may_take_long=queue in (self._drafts, self._staff),
        )
        if in_time:
            for event in answer:
                await send(event)
        else:
            await _refuse(scope, send)

    def _queue_of(self, scope: HTTPScope) -> "_Queue":
        if scope["path"].startswith(DRAFT_PATHS):
            return self._drafts
        if not is_for_staff(scope):
            return self._requests
        return self._staff if says_to_be_staff(scope) else self._sign_ins

    async def _take_turn(
        self, queue: "_Queue", household: str, work: Callable[[], Awaitable[None]], *, may_take_long: bool
    ) -> bool:
        """Do the work in its turn. Returns whether it was done in time; else what was begun goes on by itself."""
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN_S
        if not await queue.take(household, deadline):
            return False
        working = asyncio.ensure_future(work())
        self._working.add(working)
        working.add_done_callback(self._working.discard)
        working.add_done_callback(lambda _task: queue.leave())
        rest_s = None if may_take_long else deadline - asyncio.get_running_loop().time()
        try:
            await asyncio.wait([working], timeout=rest_s)
        except asyncio.CancelledError:  # the process ends
            working.cancel()
            raise
        if working.done():
            working.result()
        return working.done()


class _Queue:
    """Turns, taken in order of arrival. `waiting_each` wait at most for one household."""

    def __init__(self, at_once: int, waiting_max: int, waiting_each: int | None = None) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._waiting_max, self._waiting_each = waiting_max, waiting_each or waiting_max
        self._waiting: Counter[str] = Counter()

    async def take(self, household: str, deadline: float) -> bool:
        """Wait for a turn until the deadline, in loop time. Returns whether there was one."""
        if self._turns.locked() and self._is_full_for(household):
            return False
        self._waiting[household] += 1
        try:
            async with asyncio.timeout_at(deadline):
                return await self._turns.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting[household] -= 1
            if not self._waiting[household]:
                del self._waiting[household]

    def _is_full_for(self, household: str) -> bool:
        return self._waiting.total() >= self._waiting_max or self._waiting[household] >= self._waiting_each

    def leave(self) -> None:
        self._turns.release()


def _is_preflight(scope: HTTPScope) -> bool:
    """Whether a browser asks if it may call. Answered in any crowd: behind a refusal it shows its page nothing."""
    asks = scope.get("method") == "OPTIONS" and re.match(settings.CORS_URLS_REGEX, scope["path"]) is not None
    return asks and any(name == b"access-control-request-method" for name, _value in scope["headers"])


async def _refuse(scope: HTTPScope, send: ASGISendCallable) -> None:
    await refuse(scope, send, StoreUnavailable(retry_after=RETRY_AFTER_S))
