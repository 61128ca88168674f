"""Reads that many sockets ask for at one time, such as after a restart. Knows nothing of what is read."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from chatproject.errors import StoreUnavailable
from messaging.store.database import ANSWER_DEADLINE_S, RETRY_AFTER_S, Database

KEYS_PER_READ = 256
GIVE_UP_AFTER_S = ANSWER_DEADLINE_S + 0.2  # behind a read's own deadline, by which the database is known to hang
LINGER_S = 0.003  # for more keys, where the last read had several: nobody notices, and a crowd is read in a tenth
READS_AT_ONCE = 2  # so that nobody waits for another's slow read; more would gather less

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Reads by key; what is asked for while `at_once` reads run is the next one together.

    So a read of one key costs no more than it does alone, and with many waiting a key costs hardly anything. One
    that `lingers` waits LINGER_S for more keys as long as there are some.
    `read` is called on a reader thread; it leaves out the keys that it does not find.
    """

    def __init__(
        self,
        database: Database,
        read: Callable[[Sequence[K]], Mapping[K, V]],
        *,
        at_once: int = READS_AT_ONCE,
        lingers: bool = False,
    ) -> None:
        self._database, self._read, self._at_once, self._lingers = database, read, at_once, lingers
        self._is_crowded = False  # the last read had several keys
        self._is_lingering = False
        self._waiting: deque[tuple[K, asyncio.Future[V | None]]] = deque()
        self._reads = 0  # that run now
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself keeps no task alive

    async def get(self, key: K) -> V | None:
        """What a read that begins after this call finds, None where it finds nothing.

        Raises StoreUnavailable, after GIVE_UP_AFTER_S at the latest.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V | None] = loop.create_future()
        deadline = loop.call_later(GIVE_UP_AFTER_S, _expire, future)
        self._waiting.append((key, future))
        if self._reads < self._at_once and not self._is_lingering:
            self._reads += 1
            task = loop.create_task(self._read_waiting(), name="gathered-read")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            return await future
        finally:
            deadline.cancel()

    async def _read_waiting(self) -> None:
        while batch := await self._gather_batch():
            try:
                found = await self._database.run(self._read, list({key for key, _future in batch}))
            except Exception as error:
                for _key, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for key, future in batch:
                    if not future.done():
                        future.set_result(found.get(key))
        self._reads -= 1  # here and now: who asks before the loop has seen this task end starts another

    async def _gather_batch(self) -> list[tuple[K, asyncio.Future[V | None]]]:
        if self._lingers and self._is_crowded and self._waiting and not self._is_lingering:
            self._is_lingering = True
            await asyncio.sleep(LINGER_S)
            self._is_lingering = False
        elif self._is_lingering:  # the other one takes what waits
            return []
        batch = self._take_batch()
        if batch:
            self._is_crowded = len(batch) > 1
        return batch

    def _take_batch(self) -> list[tuple[K, asyncio.Future[V | None]]]:
        batch: list[tuple[K, asyncio.Future[V | None]]] = []
        while self._waiting and len(batch) < KEYS_PER_READ:
            waiting = self._waiting.popleft()
            if not waiting[1].done():  # else its deadline passed, or nobody waits any more
                batch.append(waiting)
        return batch


def _expire(future: asyncio.Future[V | None]) -> None:
    if not future.done():
        future.set_exception(StoreUnavailable(retry_after=RETRY_AFTER_S))
