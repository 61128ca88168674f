"""The bounded threads that own this process's database connections: the one border from async to sync.

Nothing on the WebSocket path uses Django's thread-sensitive executor: one slow query must not stop another socket.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

from chatproject.errors import StoreUnavailable
from messaging.store.one_thread import OneThread
from messaging.store.selectors import ping
from messaging.store.statements import own_connection
from messaging.store.writability import is_of_read_only_server, takes_writes

P = ParamSpec("P")
T = TypeVar("T")

CONNECTION_MAX_AGE_S = 300.0  # below every firewall's and server's idle limit
PING_AFTER_IDLE_S = 1.0
ANSWER_DEADLINE_S = 4.0  # a client is told within 5 s that the store does not answer, a busy one too
READS_WAITING_MAX = 1_000  # beyond, waiting longer than the deadline is certain
RETRY_AFTER_S = 1.0
FAILS_SLOWLY_S = 1.0  # a call that failed after so long met a database that hangs, as the next one would
ASK_AGAIN_AFTER_S = 0.25

_AWAY = (TimeoutError, OperationalError, InterfaceError)


class Database:
    """`readers` threads for reading and small writes, and one for the message writer, each with a connection."""

    def __init__(self, *, readers: int) -> None:
        self._reader_count = readers
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="database-reader")
        self._writer = OneThread(name="database-writer")
        self._reading = 0
        self._asking: asyncio.Task[None] | None = None  # while the database hangs

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function` on a reader thread.

        Raises StoreUnavailable when the database is away or does not answer within ANSWER_DEADLINE_S; what the
        function wrote may be committed all the same then. Raises it at once while the database is known to hang:
        the frames of one socket, one behind the other, would each wait for the deadline.
        """
        if self._reading >= READS_WAITING_MAX or self._asking is not None:
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        self._reading += 1
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                return await self._read(function, *args, **kwargs)
        except _AWAY as error:
            if time.monotonic() - began > FAILS_SLOWLY_S and self._asking is None:
                self._asking = asyncio.create_task(self._ask_until_it_answers(), name="database-asker")
            raise StoreUnavailable(retry_after=RETRY_AFTER_S) from error
        finally:
            self._reading -= 1

    async def _ask_until_it_answers(self) -> None:
        try:
            while not await self._answers():  # noqa: ASYNC110 - nothing tells that it is back
                await asyncio.sleep(ASK_AGAIN_AFTER_S)
        finally:
            self._asking = None

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await self._read(ping)
        except _AWAY:
            return False
        return True

    def write_batch(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "asyncio.Future[T]":
        """Call `function` on the writer's own thread. No deadline, no translation: the writer keeps both."""
        return self._writer.call(lambda: _with_writers_connection(function, *args, **kwargs))

    async def takes_writes(self) -> bool:
        """Whether anything can be stored. Where not, new connections may find who took over. Raises as `run`."""
        if await self.run(_ping_for_writes):
            return True
        _drop_connections()
        return False

    def connect_anew(self) -> None:
        """Have each thread open its connection anew before the next use: another server may answer by now."""
        _drop_connections()

    async def _read(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: _with_connection(function, *args, **kwargs))

    def close(self) -> None:
        """Let the threads end after what they are doing. Does not wait."""
        if self._asking is not None:
            self._asking.cancel()
        all_idle = Barrier(self._reader_count, timeout=ANSWER_DEADLINE_S)
        for _thread in range(self._reader_count):
            self._readers.submit(_close_connection, all_idle)
        self._readers.shutdown(wait=False)
        self._writer.end(lambda: connection.close())


def _ping_for_writes() -> bool:
    ping()
    return takes_writes()


def _close_connection(all_idle: Barrier) -> None:
    """Close this thread's connection. Waiting for the others makes each thread take exactly one such call."""
    with suppress(BrokenBarrierError):  # one of them is held up by the database
        all_idle.wait()
    connection.close()


def _with_connection(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `function` with this thread's connection: kept open, replaced by age, when dead and after a failure."""
    now = time.monotonic()
    here = own_connection()
    if here.connection is not None:
        is_old = now - _use.connected_at > CONNECTION_MAX_AGE_S or _use.connected_at <= _Dropped.at
        # one that idled is asked first: after a restart of the database nobody is refused for its sake
        if is_old or (now - _use.used_at > PING_AFTER_IDLE_S and not here.is_usable()):
            here.close()
    if here.connection is None:
        _use.connected_at = now
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        if is_of_read_only_server(error):
            _Dropped.is_writer_away = True
            _drop_connections()
        here.close()
        raise
    finally:
        _use.used_at = time.monotonic()


def _with_writers_connection(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    done = _with_connection(function, *args, **kwargs)
    if _Dropped.is_writer_away:
        # what was opened meanwhile may lead to the server that stores nothing, and never hears of anything new
        _Dropped.is_writer_away = False
        _drop_connections()
    return done


def _drop_connections() -> None:
    """Have each thread replace its connection before the next use, which may lead to another server."""
    _Dropped.at = time.monotonic()


class _Dropped:
    """When the connections of all threads were given up last, in monotonic seconds; and whether nothing was stored
    since one of them met a server that is read-only."""

    at = -1.0
    is_writer_away = False


class _Use(threading.local):
    """When this thread's connection was opened and last used, in monotonic seconds."""

    connected_at = 0.0
    used_at = 0.0


_use = _Use()
