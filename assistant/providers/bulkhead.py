"""How many calls to a model may be under way at once in this process, and how many may wait. No I/O."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class BulkheadFull(Exception):
    """Too many are waiting already; waiting as well would only waste the caller's time."""


class Bulkhead:
    """Lets `places` callers in at once and `queue` more wait; of one member `EACH` at once.

    Who waits is let in in order of arrival, but for members who are in already. None is nobody in particular.
    """

    EACH = 1  # four members with two calls each would hold all the places of a process

    def __init__(self, *, places: int, queue: int) -> None:
        self._free, self._queue = places, queue
        self._inside: Counter[int | None] = Counter()
        self._waiting: dict[asyncio.Future[None], int | None] = {}  # in order of arrival

    @asynccontextmanager
    async def place(self, member_id: int | None = None, *, until: float | None = None) -> AsyncIterator[None]:
        """Hold one of the places. Waits until then, by the loop's clock. Raises BulkheadFull or TimeoutError."""
        if self._may_enter(member_id):  # then nobody who waits may
            self._enter(member_id)
        elif len(self._waiting) >= self._queue:
            raise BulkheadFull
        else:
            await self._wait(member_id, until)
        try:
            yield
        finally:
            self._leave(member_id)

    def _may_enter(self, member_id: int | None) -> bool:
        return self._free > 0 and (member_id is None or self._inside[member_id] < self.EACH)

    def _enter(self, member_id: int | None) -> None:
        self._free -= 1
        self._inside[member_id] += 1

    async def _wait(self, member_id: int | None, until: float | None) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = member_id
        try:
            async with asyncio.timeout_at(until):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # let in, and gone in the same moment
                self._leave(member_id)
            raise
        finally:
            self._waiting.pop(turn, None)

    def _leave(self, member_id: int | None) -> None:
        self._free += 1
        self._inside[member_id] -= 1
        if not self._inside[member_id]:
            del self._inside[member_id]
        for turn, waiting_id in list(self._waiting.items()):
            if not turn.done() and self._may_enter(waiting_id):
                self._enter(waiting_id)
                turn.set_result(None)


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
