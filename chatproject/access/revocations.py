"""What is revoked, as one process knows it: in memory, so that every request and frame can ask. See `revoking`.

Read whole at the start; then a look every LOOK_INTERVAL_S finds what is new, also where no process tells of it,
and where a database that was restored gives numbers again that are known here.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from chatproject.access.clocks import Clocks
from chatproject.access.revoking import (
    ROWS_PER_READ,
    SETTLED,
    Revoked,
    forget_revoked,
    read_revoked,
    settled_revocation,
)
from chatproject.access.used_tickets import forget_used_tickets
from chatproject.database_clock import seconds_ahead
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
        self._settled: Revoked | None = None  # nothing is still to come up to its number; None: up to 0
        self._unsettled: dict[Revoked, float] = {}  # those behind it -> loop time when they were seen
        self._looked_at = datetime.now(UTC)
        self._tidied_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._seldom, self._clocks = Seldom(), Clocks()

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
                await self._try(self._compare_clocks)
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
        now = datetime.now(UTC)
        if not self._is_known:
            await self._begin(now)
        elif self._settled is None:
            await self._read(None)
        elif await self._read(self._settled, behind=self._settled.number - 1) != self._settled:
            # forgotten or replaced; or the database was restored, and what is new may have a lower number
            await self._begin(now, made_after=self._looked_at - SETTLED)
        self._looked_at, self._is_known = now, True
        self._settle()

    async def _begin(self, now: datetime, *, made_after: datetime | None = None) -> None:
        settled = await self._database.run(settled_revocation, now=now)
        await self._read(settled, made_after=made_after)
        self._settled = settled

    async def _read(
        self, settled: Revoked | None, *, behind: int = 0, made_after: datetime | None = None
    ) -> Revoked | None:
        """Learn them all; returns the first."""
        first, now, unsettled = None, asyncio.get_running_loop().time(), dict[Revoked, float]()
        settled_number = settled.number if settled else 0
        while rows := await self._database.run(read_revoked, behind=behind, made_after=made_after):
            first = first or rows[0]
            unsettled |= {row: self._unsettled.get(row, now) for row in rows if row.number > settled_number}
            self.learn(rows)
            behind = rows[-1].number
            if len(rows) < ROWS_PER_READ:
                break
        self._unsettled = unsettled
        return first

    def _settle(self) -> None:
        before = asyncio.get_running_loop().time() - SETTLED_S
        for row in list(self._unsettled):
            if self._unsettled[row] > before:
                break
            self._settled = row
            del self._unsettled[row]

    async def _tidy(self) -> None:
        self._tidied_at = time.monotonic()
        now = datetime.now(UTC)
        self._known.forget_ended(now=now.timestamp())
        await self._database.run(forget_revoked, now=now)
        await self._database.run(forget_used_tickets, now=now)

    async def _compare_clocks(self) -> None:
        self._clocks.compare(ahead_s=await self._database.run(seconds_ahead))
