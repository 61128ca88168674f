"""Group commit: what arrives while one batch commits is the next batch, see `lingering`. Then it is announced."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError, OperationalError

from chatproject.errors import ChatError, InternalError, StoreUnavailable
from chatproject.http.api import describe_database_error
from chatproject.outgoing.subscriptions import Subscribed
from messaging.metrics import Metrics
from messaging.store.acts import REACTIONS_TOLD_EVERY, Act, Later, ReactAct
from messaging.store.database import RETRY_AFTER_S, Database
from messaging.store.deadlines import Deadlines
from messaging.store.lingering import Linger
from messaging.store.pacing import Address, Pace
from messaging.store.remembered import Remembered
from messaging.store.retrying import store_with_retries
from messaging.store.services import Draft, Outcome, Stored

logger = logging.getLogger(__name__)

BATCH_MAX_DRAFTS = 256  # throughput grows little beyond; latency and lock time would
WAITING_MAX_DRAFTS = 8_192  # about what the store takes within the deadline; beyond, a refusal is kinder
BEHIND_DRAFTS = WAITING_MAX_DRAFTS // 4  # a second late; operators are told before senders are refused
REFUSAL_REMEMBERED_S = 15.0  # where nobody speaks, nothing shows that the database stores again
STOP_TIMEOUT_S = 2.0  # the sockets are closed by then; whoever is not answered repeats

Announce = Callable[[Sequence[Stored]], None]
Known = Callable[[], Subscribed | None]  # who is told of events


class _Waiting(NamedTuple):
    entry: Draft | Act
    future: asyncio.Future[Stored]
    since: float  # loop time
    turns_lost: int = 0  # of a reaction: how often its message had been told of just then

    @property
    def paced(self) -> Address | None:
        """The message whose pace it keeps."""
        return (self.entry.room_id, self.entry.seq) if isinstance(self.entry, ReactAct) else None


class MessageWriter:
    """The one writer of a process. `announce` is called once per committed batch, with what is stored of it."""

    def __init__(
        self, *, database: Database, announce: Announce, metrics: Metrics, subscribed: Known = lambda: None
    ) -> None:
        self._database, self._announce, self._metrics, self._subscribed = database, announce, metrics, subscribed
        self._waiting: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self.remembered = Remembered()
        self._linger = Linger(most=BATCH_MAX_DRAFTS)
        self._company: asyncio.Future[None] | None = None  # done when enough came
        self._in_hand: list[_Waiting] = []  # the batch that is being stored
        self._pace: Pace[_Waiting] = Pace(
            later=lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call),
            release=self._wait_no_longer,
        )
        self._deadlines = Deadlines(self._unanswered, expire=_refuse_late)
        self._refused_at = -math.inf  # loop time
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._write_batches(), name="message-writer")

    async def stop(self) -> None:
        """Refuse what comes, commit what waits, then end; after STOP_TIMEOUT_S end regardless."""
        self._stopping = True
        self._pace.end_all()
        self._news.set()
        _end_wait(self._company)
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
        """Return once all that was saved before this call is answered."""
        if unanswered := self._unanswered():
            await asyncio.wait([waiting.future for waiting in unanswered])

    def _unanswered(self) -> list[_Waiting]:
        return [*self._in_hand, *self._waiting, *self._pace]

    def save(self, entry: Draft | Act) -> asyncio.Future[Stored]:
        """What the entry became, after its batch is committed. Entries are stored in the order of the calls, but
        that reactions to a message of which everybody was told just now wait for others to join them.

        The future raises the entry's own ChatError: a refusal, or StoreUnavailable after ANSWER_DEADLINE_S at the
        latest; then it may be stored all the same, and repeating it, a draft with its client id, is harmless.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Stored] = loop.create_future()
        if self._stopping or len(self._waiting) + len(self._pace) >= WAITING_MAX_DRAFTS:
            future.set_exception(StoreUnavailable(retry_after=RETRY_AFTER_S))
            return future
        self._waiting.append(_Waiting(entry, future, loop.time()))
        self._deadlines.watch()
        self._news.set()
        if len(self._waiting) >= self._linger.wanted:
            _end_wait(self._company)
        return future

    async def _write_batches(self) -> None:
        while not self._stopping:
            await self._news.wait()
            self._news.clear()
            while await self._wait_for_company() and (batch := self._take_batch()):
                self._in_hand = batch
                try:
                    await self._write(batch)
                except Exception:
                    logger.exception("the writer failed; its batch is refused")
                    _refuse(batch, InternalError())
                self._in_hand = []

    async def _wait_for_company(self) -> bool:
        """Return once enough wait, or the first has waited long enough for others; whether anybody waits."""
        if not self._waiting:
            return False
        loop = asyncio.get_running_loop()
        waited_s = loop.time() - self._waiting[0].since
        rest_s = self._linger.rest_s(waiting=len(self._waiting), waited_s=waited_s)
        if rest_s > 0 and not self._stopping:
            self._company = loop.create_future()
            timer = loop.call_later(rest_s, _end_wait, self._company)
            await self._company
            timer.cancel()
        return True

    def _take_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH_MAX_DRAFTS:
            waiting = self._waiting.popleft()
            if waiting.future.done():  # its deadline passed: its sender was told, it is not stored
                continue
            if waiting.paced is None or not self._pace.holds(waiting.paced, waiting):
                batch.append(waiting)
        return batch

    def _wait_no_longer(self, held: Sequence[_Waiting]) -> None:
        self._waiting.extendleft(reversed(held))
        self._news.set()

    async def _write(self, batch: list[_Waiting]) -> None:
        entries = [waiting.entry for waiting in batch]
        self._metrics.batch_messages.observe(len(batch))
        try:
            with self._metrics.commit_seconds.time():
                context = (self._subscribed(), self.remembered)
                outcomes = await self._database.write_batch(store_with_retries, entries, *context)
        except (OperationalError, InterfaceError) as error:
            logger.warning("a batch of %d messages was not stored: %s", len(batch), describe_database_error(error))
            self._refused_at = asyncio.get_running_loop().time()
            _refuse(batch, StoreUnavailable(retry_after=RETRY_AFTER_S))
        except Exception as error:
            await self._write_halves(batch, error)
        else:
            self._refused_at = -math.inf
            self._linger.learn(taken=len(batch), came=len(self._waiting))
            self._conclude(batch, outcomes)

    async def _write_halves(self, batch: list[_Waiting], error: Exception) -> None:
        """One bad draft must not fail its batch: close in on it."""
        if len(batch) == 1:
            trace = None if isinstance(error, DatabaseError) else error  # then it is ours
            logger.error("a message cannot be stored: %s", describe_database_error(error), exc_info=trace)
            _refuse(batch, InternalError())
            return
        middle = len(batch) // 2
        await self._write(batch[:middle])
        await self._write(batch[middle:])

    def _conclude(self, batch: list[_Waiting], outcomes: Sequence[Outcome]) -> None:
        """Answer the senders, then announce: a sender hears of the acknowledgement before the message."""
        now = asyncio.get_running_loop().time()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Later) and not self._stopping:
                continue
            self._metrics.acknowledgement_seconds.observe(now - waiting.since)
            if waiting.future.done():
                continue
            match outcome:
                case Stored():
                    waiting.future.set_result(outcome)
                case Later():
                    waiting.future.set_exception(StoreUnavailable(retry_after=RETRY_AFTER_S))
                case _:
                    waiting.future.set_exception(outcome)
        self._keep_pace(batch, outcomes)
        # Duplicates too: one that was stored by an attempt whose outcome was lost has not been announced.
        stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        if stored:  # behind the futures' own callbacks, and before those of any later batch
            asyncio.get_running_loop().call_soon(self._announce, stored)

    def _keep_pace(self, batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
        """Hold reactions that came too soon, and remember for which messages more would."""
        if self._stopping:
            return
        held: dict[Address, list[_Waiting]] = {}
        wait_s: dict[Address, float] = {}
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.paced is None:
                continue
            if isinstance(outcome, Later):
                held.setdefault(waiting.paced, []).append(waiting._replace(turns_lost=waiting.turns_lost + 1))
                wait_s[waiting.paced] = outcome.wait_s
            elif isinstance(outcome, Stored) and not outcome.duplicate:
                wait_s[waiting.paced] = REACTIONS_TOLD_EVERY.total_seconds()
        for address, seconds in wait_s.items():
            waiting_for_it = held.get(address, [])
            turns_lost = max((waiting.turns_lost for waiting in waiting_for_it), default=0)
            self._pace.begin(address, waiting_for_it, wait_s=seconds, turns_lost=turns_lost)


def _end_wait(company: asyncio.Future[None] | None) -> None:
    if company is not None and not company.done():
        company.set_result(None)


def _refuse_late(waiting: _Waiting) -> None:
    _refuse([waiting], StoreUnavailable(retry_after=RETRY_AFTER_S))


def _refuse(batch: Sequence[_Waiting], error: ChatError) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(error)
