"""Group commit: what arrives while one batch commits is the next batch. Then the batch is announced."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import stamina
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from chatproject.errors import ChatError, InternalError, StoreUnavailable
from chatproject.http.api import describe_database_error
from messaging.metrics import Metrics
from messaging.store.database import ANSWER_DEADLINE_S, RETRY_AFTER_S, Database
from messaging.store.services import Draft, Stored, store_messages

logger = logging.getLogger(__name__)

BATCH_MAX_DRAFTS = 256  # throughput grows little beyond; latency and lock time would
WAITING_MAX_DRAFTS = 8_192  # about what the store takes within the deadline; beyond, a refusal is kinder
BEHIND_DRAFTS = WAITING_MAX_DRAFTS // 4  # a second late; operators are told before senders are refused
ATTEMPTS = 3
REFUSAL_REMEMBERED_S = 15.0  # where nobody speaks, nothing shows that the database stores again
STOP_TIMEOUT_S = 2.0  # the sockets are closed by then; whoever is not answered repeats

# Deadlock, lock time-out, server gone, connection lost: the transaction is over, the same one may pass now.
# A server that cannot be reached at all (2002, 2003) is told at once.
_PASSING_MYSQL_ERRORS = frozenset({1205, 1213, 2006, 2013})

Outcome = Stored | ChatError


class _Waiting(NamedTuple):
    draft: Draft
    future: asyncio.Future[Stored]
    deadline: asyncio.TimerHandle
    since: float  # loop time


class MessageWriter:
    """The one writer of a process. `announce` is called once per committed batch, with what is stored of it."""

    def __init__(
        self, *, database: Database, announce: Callable[[Sequence[Stored]], None], metrics: Metrics
    ) -> None:
        self._database, self._announce = database, announce
        self._metrics = metrics
        self._waiting: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self._saved = self._concluded = 0  # drafts, ever
        self._batch_ended = asyncio.Event()
        self._refused_at = -math.inf  # loop time
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._write_batches(), name="message-writer")

    async def stop(self) -> None:
        """Refuse what comes, commit what waits, then end; after STOP_TIMEOUT_S end regardless."""
        self._stopping = True
        self._news.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_TIMEOUT_S)
            self._task.cancel()

    @property
    def waiting(self) -> int:
        """How many drafts wait for a batch."""
        return len(self._waiting)

    @property
    def is_behind(self) -> bool:
        """More is said than the store takes."""
        return self.waiting >= BEHIND_DRAFTS

    @property
    def is_refused(self) -> bool:
        """The database did not take the newest batch, and that was lately: read-only, full, or locked."""
        return asyncio.get_running_loop().time() - self._refused_at < REFUSAL_REMEMBERED_S

    async def settled(self) -> None:
        """Return once every draft that was saved before this call is answered."""
        saved = self._saved
        while self._concluded < saved:
            await self._batch_ended.wait()

    def save(self, draft: Draft) -> asyncio.Future[Stored]:
        """The draft as stored, after its batch is committed. Drafts are stored in the order of the calls.

        The future raises the draft's own ChatError: a refusal, or StoreUnavailable after ANSWER_DEADLINE_S at the
        latest; then the draft may be stored all the same, and repeating it with its client id is harmless.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Stored] = loop.create_future()
        if self._stopping or len(self._waiting) >= WAITING_MAX_DRAFTS:
            future.set_exception(StoreUnavailable(retry_after=RETRY_AFTER_S))
            return future
        deadline = loop.call_later(ANSWER_DEADLINE_S, _expire, future)
        self._waiting.append(_Waiting(draft, future, deadline, loop.time()))
        self._saved += 1
        self._news.set()
        return future

    async def _write_batches(self) -> None:
        while not self._stopping:
            await self._news.wait()
            self._news.clear()
            while batch := self._take_batch():
                try:
                    await self._write(batch)
                except Exception:
                    logger.exception("the writer failed; its batch is refused")
                    _refuse(batch, InternalError())
                self._end_batch()
            self._end_batch()  # of drafts whose deadlines had passed, nothing may be left to write

    def _end_batch(self) -> None:
        self._concluded = self._saved - len(self._waiting)
        ended, self._batch_ended = self._batch_ended, asyncio.Event()
        ended.set()

    def _take_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH_MAX_DRAFTS:
            waiting = self._waiting.popleft()
            if not waiting.future.done():  # else its deadline passed: its sender was told, it is not stored
                batch.append(waiting)
        return batch

    async def _write(self, batch: list[_Waiting]) -> None:
        drafts = [waiting.draft for waiting in batch]
        self._metrics.batch_messages.observe(len(batch))
        try:
            with self._metrics.commit_seconds.time():
                outcomes = await self._database.write_batch(_store_with_retries, drafts)
        except (OperationalError, InterfaceError) as error:
            logger.warning("a batch of %d messages was not stored: %s", len(batch), describe_database_error(error))
            self._refused_at = asyncio.get_running_loop().time()
            _refuse(batch, StoreUnavailable(retry_after=RETRY_AFTER_S))
        except Exception as error:
            await self._write_halves(batch, error)
        else:
            self._refused_at = -math.inf
            self._conclude(batch, outcomes)

    async def _write_halves(self, batch: list[_Waiting], error: Exception) -> None:
        """One bad draft must not fail its batch: close in on it."""
        if len(batch) == 1:
            is_ours = not isinstance(error, DatabaseError)
            logger.error(
                "a message cannot be stored: %s",
                describe_database_error(error),
                exc_info=error if is_ours else None,
            )
            _refuse(batch, InternalError())
            return
        middle = len(batch) // 2
        await self._write(batch[:middle])
        await self._write(batch[middle:])

    def _conclude(self, batch: list[_Waiting], outcomes: Sequence[Outcome]) -> None:
        """Answer the senders, then announce: a sender hears of the acknowledgement before the message."""
        now = asyncio.get_running_loop().time()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.deadline.cancel()
            self._metrics.acknowledgement_seconds.observe(now - waiting.since)
            if waiting.future.done():
                continue
            if isinstance(outcome, Stored):
                waiting.future.set_result(outcome)
            else:
                waiting.future.set_exception(outcome)
        # Duplicates too: one that was stored by an attempt whose outcome was lost has not been announced.
        stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        if stored:  # behind the futures' own callbacks, and before those of any later batch
            asyncio.get_running_loop().call_soon(self._announce, stored)


def _store_with_retries(drafts: Sequence[Draft]) -> list[Outcome]:
    """On the writer's thread: the whole batch, again after a deadlock or a lost connection while senders wait."""
    for attempt in stamina.retry_context(
        on=_is_passing, attempts=ATTEMPTS, timeout=ANSWER_DEADLINE_S, wait_initial=0.01, wait_max=0.2
    ):
        with attempt:
            return store_messages(drafts, now=datetime.now(UTC))
    raise AssertionError("retry_context ends by returning or raising")


def _is_passing(error: Exception) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if connection.vendor == "sqlite" or not error.args or error.args[0] not in _PASSING_MYSQL_ERRORS:
        return False
    connection.close()  # it may be half dead; the next attempt opens another
    return True


def _expire(future: asyncio.Future[Stored]) -> None:
    if not future.done():
        future.set_exception(StoreUnavailable(retry_after=RETRY_AFTER_S))


def _refuse(batch: Sequence[_Waiting], error: ChatError) -> None:
    for waiting in batch:
        waiting.deadline.cancel()
        if not waiting.future.done():
            waiting.future.set_exception(error)
