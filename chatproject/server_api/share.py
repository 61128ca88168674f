"""How often a main server may call, and how many of its calls are worked on at once. An ASGI wrapper.

It stands before `turns`, as `member_share` does for members: however much a main server sends, the places in which
members' requests are worked on stay theirs.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from chatproject.addresses import household_of
from chatproject.errors import ChatError, TooManyRequests
from chatproject.http.api import bearer_token
from chatproject.http.refusals import refuse
from chatproject.limits.buckets import KeyedBuckets
from chatproject.limits.shared import SharedLimits
from chatproject.server_api.errors import KeyRefused
from chatproject.server_api.keys import MainServer, digest_of, is_key

API_PATHS = "/v1/server/"
OPEN_PATHS = ("/v1/server/schema", "/v1/server/docs")  # they say nothing of anybody
WAITING_MAX = 64  # calls; beyond, they would wait too long
WAIT_MAX_S = 1.0
RETRY_AFTER_S = 1.0
# of one address: a main server that was given a wrong key is told so, and who tries keys is not looked up for ever
WRONG_KEYS_AT_ONCE = 20
WRONG_KEYS_PER_MINUTE = 20
KNOWN_MAX = 1_000  # keys that were good here lately

Recognise = Callable[[str], Awaitable[MainServer]]


class ServerShare:
    """Refuses who shows no good key: the places are for main servers. Of these it refuses with E-C004 what is too
    much, and leaves in the scope which one it is (`main_server`).

    `recognise` looks the key up. `calls_per_second` of one key over all processes, burst three times that; 0 means
    no limit. `worked_on` calls of all main servers together at a time.
    """

    def __init__(
        self,
        application: ASGI3Application,
        *,
        recognise: Recognise,
        shared: SharedLimits,
        calls_per_second: int,
        worked_on: int,
    ) -> None:
        self._application, self._recognise = application, recognise
        self._calls = shared.buckets("server-calls", rate=calls_per_second, burst=3 * calls_per_second)
        self._wrong_keys = KeyedBuckets(rate=WRONG_KEYS_PER_MINUTE / 60, burst=WRONG_KEYS_AT_ONCE)
        self._barred: dict[str, float] = {}  # loop time until which only known keys of that address are looked up
        self._known: dict[str, None] = {}  # digests, the one that was good last at the end
        self._working = asyncio.Semaphore(worked_on)
        self._held, self._held_max = 0, worked_on + WAITING_MAX

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not _is_call(scope["path"]):
            await self._application(scope, receive, send)
            return
        try:
            main_server = await self._identify(scope)
            await self._count(main_server)
            known: Any = {**scope, "main_server": main_server}
            async with self._place():
                await self._application(known, receive, send)
        except ChatError as refusal:
            await refuse(scope, send, refusal)

    async def _identify(self, scope: HTTPScope) -> MainServer:
        """Whose key it is. Raises KeyRefused, TooManyRequests, StoreUnavailable."""
        shown, address = _shown_key(scope), household_of(scope)
        if not is_key(shown):  # which costs nothing
            raise KeyRefused
        digest, now = digest_of(shown), asyncio.get_running_loop().time()
        if digest not in self._known and (wait_s := self._barred.get(address, now) - now) > 0:
            raise TooManyRequests(retry_after=round(wait_s, 3))
        try:
            main_server = await self._recognise(shown)
        except KeyRefused:
            self._known.pop(digest, None)
            self._count_wrong(address, now)
            raise
        self._remember(digest)
        return main_server

    async def _count(self, main_server: MainServer) -> None:
        if wait_s := await self._calls.take(main_server.key_id):
            raise TooManyRequests(retry_after=round(wait_s, 3))

    def _remember(self, digest: str) -> None:
        self._known.pop(digest, None)
        self._known[digest] = None
        if len(self._known) > KNOWN_MAX:
            del self._known[next(iter(self._known))]

    def _count_wrong(self, address: str, now: float) -> None:
        self._barred = {one: until for one, until in self._barred.items() if until > now}
        if wait_s := self._wrong_keys.take(address, now):
            self._barred[address] = now + wait_s

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Raises TooManyRequests where too many wait, or after WAIT_MAX_S."""
        if self._held >= self._held_max:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        self._held += 1
        try:
            await self._wait_for_turn()
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._held -= 1

    async def _wait_for_turn(self) -> None:
        try:
            async with asyncio.timeout(WAIT_MAX_S):
                await self._working.acquire()
        except TimeoutError as error:
            raise TooManyRequests(retry_after=RETRY_AFTER_S) from error


def _is_call(path: str) -> bool:
    return path.startswith(API_PATHS) and path not in OPEN_PATHS


def _shown_key(scope: HTTPScope) -> str:
    """What stands in `Authorization: Bearer`; two such headers are none."""
    values = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
    return bearer_token(values[0].decode("latin-1")) if len(values) == 1 else ""
