"""How many calls to a model may be under way at once in this process, and how many may wait. No I/O."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class BulkheadFull(Exception):
    """Too many are waiting already; waiting as well would only waste the caller's time."""


class Bulkhead:
    """Lets `places` callers in at once and `queue` more wait. Who waits is let in in order of arrival."""

    def __init__(self, *, places: int, queue: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue = queue
        self._waiting = 0

    @asynccontextmanager
    async def place(self, *, until: float | None = None) -> AsyncIterator[None]:
        """Hold one of the places. Waits until then, by the loop's clock. Raises BulkheadFull or TimeoutError."""
        if self._places.locked() and self._waiting >= self._queue:
            raise BulkheadFull
        self._waiting += 1
        try:
            async with asyncio.timeout_at(until):
                await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class Shares:
    """Lets each member do something `most` times at once, so that nobody takes everybody's places."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._held: Counter[int] = Counter()

    @contextmanager
    def hold(self, member_id: int) -> Iterator[None]:
        """Raises BulkheadFull where the member's share is taken."""
        if self._held[member_id] >= self._most:
            raise BulkheadFull
        self._held[member_id] += 1
        try:
            yield
        finally:
            self._held[member_id] -= 1
            if not self._held[member_id]:
                del self._held[member_id]
