"""What is revoked, as one process knows it: in memory, so that every request and frame can ask. See `revoking`.

Read whole at the start; then a look every LOOK_INTERVAL_S finds what is new, also where no process tells of it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from chatproject.access.revoking import (
    ROWS_PER_READ,
    Revoked,
    forget_revoked,
    read_revoked,
    settled_number,
)
from chatproject.access.used_tickets import forget_used_tickets
from chatproject.errors import RevokedToken, StoreUnavailable
from chatproject.seldom import Seldom
from chatproject.tokens import Caller

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 3.0
RETRY_AFTER_S = 1.0
SETTLED_S = 60.0  # a transaction with a lower number may commit after one with a higher one, but not so late
TIDY_INTERVAL_S = 60.0


class Database(Protocol):
    """What is needed of the threads that use the database. Raises StoreUnavailable."""

    async def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any: ...


class Known:
    """What was learnt. No I/O."""

    def __init__(self) -> None:
        self._tokens: dict[str, float] = {}  # token id -> when it ends
        self._members: dict[int, float] = {}  # member id -> tokens that were issued before

    def learn(self, revoked: Revoked) -> bool:
        """Returns whether that was new."""
        if revoked.token_id is not None:
            is_new = revoked.ends_at > self._tokens.get(revoked.token_id, 0.0)
            if is_new:
                self._tokens[revoked.token_id] = revoked.ends_at
            return is_new
        if revoked.member_id is None:
            return False
        is_new = revoked.issued_before > self._members.get(revoked.member_id, -1.0)
        if is_new:
            self._members[revoked.member_id] = revoked.issued_before
        return is_new

    def is_revoked(self, caller: Caller) -> bool:
        if caller.token_id is not None and caller.token_id in self._tokens:
            return True
        return caller.issued_at < self._members.get(caller.member_id, -1.0)

    def forget_ended(self, *, now: float) -> None:
        for token_id in [one for one, ends_at in self._tokens.items() if ends_at < now]:
            del self._tokens[token_id]


class Revocations:
    """One per process. `heard` is told of what is new: whose sockets may have to end."""

    def __init__(self, database: Database, *, heard: Callable[[Sequence[Revoked]], None]) -> None:
        self._database, self._heard = database, heard
        self._known = Known()
        self._is_known = False
        self._looked = asyncio.Event()  # of the look that comes to its end next, whatever comes of it
        self._wanted = asyncio.Event()  # somebody waits for a look
        self._settled = 0  # nothing is still to come up to this number
        self._unsettled: dict[int, float] = {}  # number -> loop time when it was seen
        self._tidied_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._seldom = Seldom()

    def start(self) -> None:
        """Start on the running loop."""
        self._task = asyncio.create_task(self._watch(), name="revocations")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._looked.set()  # nobody looks any more: who waits is refused

    async def ready(self) -> None:
        """Return once it is known what is revoked. Raises StoreUnavailable where it cannot be read."""
        for _look in range(2):  # the first may have begun before the database was there
            if self._is_known or self._task is None:
                return
            looked = self._looked
            self._wanted.set()
            await looked.wait()
        if not self._is_known:
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)

    def is_revoked(self, caller: Caller) -> bool:
        return self._known.is_revoked(caller)

    async def admit(self, caller: Caller) -> None:
        """Return where the caller's token was not revoked. Raises RevokedToken, StoreUnavailable."""
        await self.ready()
        self.require_valid(caller)

    def require_valid(self, caller: Caller) -> None:
        """The same, of what is known now. Raises RevokedToken."""
        if self.is_revoked(caller):
            raise RevokedToken

    def learn(self, news: Sequence[Revoked]) -> None:
        """What another process, or a request to this one, has stored."""
        if new := [revoked for revoked in news if self._known.learn(revoked)]:
            self._heard(new)

    async def _watch(self) -> None:
        while True:
            self._wanted.clear()
            await self._try(self._look)
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            if time.monotonic() - self._tidied_at > TIDY_INTERVAL_S:
                await self._try(self._tidy)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_INTERVAL_S):
                    await self._wanted.wait()

    async def _try(self, step: Callable[[], Any]) -> None:
        try:
            await step()
        except StoreUnavailable:  # for everybody: what is known goes on
            pass
        except Exception as error:  # a database that was not migrated yet, say
            if self._seldom.may_say(type(error).__name__):
                logger.exception("what is revoked cannot be read")

    async def _look(self) -> None:
        if not self._is_known:
            self._settled = await self._database.run(settled_number, now=datetime.now(UTC))
        behind = self._settled if self._is_known else 0
        while rows := await self._database.run(read_revoked, behind=behind):
            self._take(rows)
            behind = rows[-1].number
            if len(rows) < ROWS_PER_READ:
                break
        self._is_known = True
        self._settle()

    def _take(self, rows: Sequence[Revoked]) -> None:
        now = asyncio.get_running_loop().time()
        for row in rows:
            if row.number > self._settled:
                self._unsettled.setdefault(row.number, now)
        self.learn(rows)

    def _settle(self) -> None:
        before = asyncio.get_running_loop().time() - SETTLED_S
        for number in sorted(self._unsettled):
            if self._unsettled[number] > before:
                break
            self._settled = number
            del self._unsettled[number]

    async def _tidy(self) -> None:
        self._tidied_at = time.monotonic()
        now = datetime.now(UTC)
        self._known.forget_ended(now=now.timestamp())
        await self._database.run(forget_revoked, now=now)
        await self._database.run(forget_used_tickets, now=now)
