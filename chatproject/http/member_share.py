"""What one member may have over HTTP: writes in a time, and of this process requests at once. An ASGI wrapper.

It stands before `turns`, so that nobody fills the queue that everybody waits in; and a place is held
until the answer is read, because it lies in memory for so long.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from chatproject.errors import ChatError, TooManyRequests
from chatproject.http.api import access_token, token_verifier
from chatproject.http.named_limits import NamedLimits
from chatproject.http.refusals import refuse
from chatproject.http.turns import DRAFT_PATHS
from chatproject.limits.shared import SharedLimits
from chatproject.tokens import Caller

API_PATHS = "/v1/chat/"
READS = ("GET", "HEAD", "OPTIONS")
RETRY_AFTER_S = 1.0
WAIT_MAX_S = 1.0  # for a place; together with the wait for a turn a client is told within 5 s


class MemberShare:
    """Refuses with E-C004 what is beyond a member's share. Leaves whom a token speaks for in the scope (`caller`).

    `writes_per_second`, burst three times that, and what is `named`, over all processes; `at_once` requests that
    are worked on, wait, or whose answer is being read, of them `worked_on` at a time, and drafts beside those:
    they wait for a model, within bounds of their own. 0 means no limit. `admit` raises what else
    keeps a caller out.
    """

    def __init__(
        self,
        application: ASGI3Application,
        *,
        shared: SharedLimits,
        named: NamedLimits,
        writes_per_second: int,
        at_once: int,
        worked_on: int,
        admit: Callable[[Caller], Awaitable[None]],
    ) -> None:
        self._application, self._named, self._admit = application, named, admit
        self._writes = shared.buckets("writes", rate=writes_per_second, burst=3 * writes_per_second)
        self._at_once, self._worked_on = at_once, worked_on
        self._shares: dict[int, _Share] = {}

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API_PATHS):
            await self._application(scope, receive, send)
            return
        caller = await self._identify(scope)
        known: Any = {**scope, "caller": caller}
        if isinstance(caller, ChatError):  # the view says so
            await self._application(known, receive, send)
            return
        try:
            await self._count_write(caller, scope["method"])
            await self._named.count(scope, caller.member_id)
            async with self._place(caller, is_draft=scope["path"].startswith(DRAFT_PATHS)):
                await self._application(known, receive, send)
        except TooManyRequests as refusal:
            await refuse(scope, send, refusal)

    async def _identify(self, scope: HTTPScope) -> Caller | ChatError:
        """Whom the request's token speaks for, or why it speaks for nobody."""
        try:
            caller = await token_verifier().verify_aside(access_token(_headers(scope)))
            await self._admit(caller)
        except ChatError as error:
            return error
        return caller

    async def _count_write(self, caller: Caller, method: str) -> None:
        if method not in READS and (wait_s := await self._writes.take(caller.member_id)):
            raise TooManyRequests(retry_after=round(wait_s, 3))

    @asynccontextmanager
    async def _place(self, caller: Caller, *, is_draft: bool) -> AsyncIterator[None]:
        """Hold one of the member's places. Raises TooManyRequests."""
        if not self._at_once:
            yield
            return
        share = self._shares.setdefault(caller.member_id, _Share(self._worked_on))
        if share.held >= self._at_once:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        share.held += 1
        try:
            if is_draft:
                yield
            else:
                async with share.working():
                    yield
        finally:
            share.held -= 1
            if not share.held:
                del self._shares[caller.member_id]


class _Share:
    """The places of one member, `held` by what was taken in."""

    def __init__(self, worked_on: int) -> None:
        self.held = 0
        self._working = asyncio.Semaphore(worked_on)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Raises TooManyRequests after WAIT_MAX_S."""
        try:
            async with asyncio.timeout(WAIT_MAX_S):
                await self._working.acquire()
        except TimeoutError as error:
            raise TooManyRequests(retry_after=RETRY_AFTER_S) from error
        try:
            yield
        finally:
            self._working.release()


def _headers(scope: HTTPScope) -> dict[str, str]:
    """By lower-case names; what is sent more than once is joined, as Django does."""
    headers: dict[str, str] = {}
    for raw_name, value in scope["headers"]:
        name, text = raw_name.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers
