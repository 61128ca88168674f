"""Group commit: what arrives while one batch commits is the next batch, see `lingering`. Then it is announced."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError

from chatproject.errors import InternalError
from chatproject.http.api import describe_database_error
from chatproject.outgoing.subscriptions import Subscribed
from messaging.metrics import Metrics
from messaging.roads import NO_ROADS, Roads
from messaging.store.acts import Act, Later, ReactAct
from messaging.store.database import Database
from messaging.store.deadlines import Deadlines
from messaging.store.lingering import Linger
from messaging.store.pacing import Pace
from messaging.store.remembered import Remembered
from messaging.store.retrying import store_with_retries
from messaging.store.services import Draft, Outcome, Stored
from messaging.store.traced_batches import follow
from messaging.store.waiting import Waiting, paced, refuse_all, take_batch, unavailable

logger = logging.getLogger(__name__)

BATCH_MAX_DRAFTS = 256  # throughput grows little beyond; latency and lock time would
ENOUGH_DRAFTS = 32  # so many share what a transaction costs; more would save little
WAITING_MAX_DRAFTS = 8_192  # about what the store takes within the deadline; beyond, a refusal is kinder
BEHIND_DRAFTS = WAITING_MAX_DRAFTS // 4  # a second late; operators are told before senders are refused
REFUSAL_REMEMBERED_S = 15.0  # where nobody speaks, nothing shows that the database stores again
STOP_TIMEOUT_S = 2.0  # the sockets are closed by then; whoever is not answered repeats

Announce = Callable[[Sequence[Stored]], None]
Known = Callable[[], Subscribed | None]  # who is told of events


class MessageWriter:
    """The one writer of a process. `announce` is called once per committed batch, with what is stored of it;
    `fallen` where a batch met rooms that had been further before."""

    def __init__(
        self,
        *,
        database: Database,
        announce: Announce,
        metrics: Metrics,
        subscribed: Known = lambda: None,
        fallen: Callable[[], None] = lambda: None,
        roads: Roads = NO_ROADS,
    ) -> None:
        self._database, self._announce, self._metrics, self._subscribed = database, announce, metrics, subscribed
        self._fallen, self._roads = fallen, roads
        self._loop: asyncio.AbstractEventLoop | None = None  # once started
        self._waiting: deque[Waiting] = deque()
        self._turn: asyncio.Handle | None = None  # when the next batch is taken, unless one is being stored
        self._in_hand: list[Waiting] = []  # the batch that is being stored
        self._storing: asyncio.Future[list[Outcome]] | None = None  # what becomes of it
        self._untold: asyncio.Future[list[Outcome]] | None = None  # perhaps stored in another epoch
        self._apart: list[list[Waiting]] = []  # the parts of one that failed, those of its end first
        self.remembered = Remembered()
        self._linger = Linger(most=ENOUGH_DRAFTS)
        self._pace: Pace[Waiting] = Pace(
            later=lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call),
            release=self._wait_no_longer,
        )
        self._deadlines = Deadlines(self._unanswered, expire=lambda late: late.refuse(unavailable()))
        self._refused_at = -math.inf  # loop time
        self._stopping = self._is_over = False

    def start(self) -> None:
        """Start on the running loop."""
        self._loop, self._context = asyncio.get_running_loop(), copy_context()  # not that of a socket that speaks
        self._plan()

    async def stop(self) -> None:
        """Refuse what comes, commit what waits, then end; after STOP_TIMEOUT_S refuse the rest and end regardless.

        What is being stored is announced, also where nobody waits for its answer any more.
        """
        self._stopping = True
        self._pace.end_all()
        self._hurry()
        ending: list[asyncio.Future[Any]] = [self._storing] if self._storing is not None else []
        ending += [waiting.future for waiting in self._unanswered()]
        if self._loop is not None and ending:
            await asyncio.wait(ending, timeout=STOP_TIMEOUT_S)
        self._is_over = True
        if self._turn is not None:
            self._turn.cancel()
        refuse_all(self._unanswered(), unavailable())

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

    def begin_anew(self) -> None:
        """The database is in another epoch: nothing that is remembered holds. What is being stored just now is
        answered and not announced: who listens from now on finds it in the database, if it is there."""
        self.remembered, self._untold = Remembered(), self._storing

    def _unanswered(self) -> list[Waiting]:
        return [*self._in_hand, *chain.from_iterable(self._apart), *self._waiting, *self._pace]

    def save(self, entry: Draft | Act) -> asyncio.Future[Stored]:
        """What the entry became, after its batch is committed. Entries are stored in the order of the calls, but
        that reactions to a message of which everybody was told just now wait for others to join them.

        The future raises the entry's own ChatError: a refusal, or StoreUnavailable after ANSWER_DEADLINE_S at the
        latest; then it may be stored all the same, and repeating it, a draft with its client id, is harmless.
        """
        loop = self._loop or asyncio.get_running_loop()
        future: asyncio.Future[Stored] = loop.create_future()
        if self._stopping or len(self._waiting) + len(self._pace) >= WAITING_MAX_DRAFTS:
            future.set_exception(unavailable())
            return future
        paced = (entry.room_id, entry.seq) if isinstance(entry, ReactAct) else None
        road = self._roads.enter() if self._roads.is_on else None
        self._waiting.append(Waiting(entry, future, loop.time(), paced, road=road))
        self._deadlines.watch()
        if self._turn is None:
            self._plan()
        elif len(self._waiting) == self._linger.wanted:
            self._hurry()
        return future

    def _wait_no_longer(self, held: Sequence[Waiting]) -> None:
        self._waiting.extendleft(reversed(held))
        self._plan()

    # --- one batch after another

    def _plan(self) -> None:
        """Say when the next batch is taken: soon, or when the first has waited long enough for company."""
        if self._loop is None or self._in_hand or self._turn is not None:
            return
        rest_s = 0.0
        if self._waiting and not (self._apart or self._stopping):
            waited_s = self._loop.time() - self._waiting[0].since
            rest_s = self._linger.rest_s(waiting=len(self._waiting), waited_s=waited_s)
        if rest_s > 0:
            self._turn = self._loop.call_later(rest_s, self._take_turn, context=self._context)
        elif self._waiting or self._apart:  # behind what else this turn of the loop brings
            self._turn = self._loop.call_soon(self._take_turn, context=self._context)

    def _hurry(self) -> None:
        """Whoever was waited for came."""
        if self._loop is not None and self._turn is not None:
            self._turn.cancel()
            self._turn = self._loop.call_soon(self._take_turn, context=self._context)

    def _take_turn(self) -> None:
        self._turn = None
        take = partial(take_batch, most=BATCH_MAX_DRAFTS, enough=ENOUGH_DRAFTS, holds=self._pace.holds)
        if batch := self._apart.pop() if self._apart else take(self._waiting):
            try:
                self._write(batch)
            except Exception:
                self._give_up(batch)
                self._plan()

    def _write(self, batch: list[Waiting]) -> None:
        self._metrics.batch_messages.observe(len(batch))
        entries, context = [waiting.entry for waiting in batch], (self._subscribed(), self.remembered)
        storing = self._database.write_batch(store_with_retries, entries, *context)
        self._in_hand, self._storing = batch, storing
        if self._roads.is_on:
            follow(self._roads, batch, storing)
        storing.add_done_callback(partial(self._settle, batch, perf_counter()))

    def _settle(self, batch: list[Waiting], began: float, storing: "asyncio.Future[list[Outcome]]") -> None:
        self._in_hand, self._storing = [], None
        self._metrics.commit_seconds.observe(perf_counter() - began)
        if self._is_over:
            return
        try:
            self._heed(batch, storing)
        except Exception:
            self._give_up(batch)
        self._plan()

    def _give_up(self, batch: list[Waiting]) -> None:
        logger.exception("the writer failed; its batch is refused")
        refuse_all(batch, InternalError())

    def _heed(self, batch: list[Waiting], storing: "asyncio.Future[list[Outcome]]") -> None:
        """Answer the batch; one that failed for one of its drafts is to be written in parts."""
        match storing.exception():
            case None:
                self._refused_at = -math.inf
                self._linger.learn(taken=len(batch), came=len(self._waiting))
                self._conclude(batch, storing.result(), is_told=storing is not self._untold)
                if self.remembered.has_fallen:
                    self.remembered.has_fallen = False
                    self._fallen()
            case OperationalError() | InterfaceError() as error:
                what = describe_database_error(error)
                logger.warning("a batch of %d messages was not stored: %s", len(batch), what)
                self._refused_at = asyncio.get_running_loop().time()
                refuse_all(batch, unavailable())
            case _ if len(batch) > 1:
                middle = len(batch) // 2
                self._apart += [batch[middle:], batch[:middle]]
            case error:
                trace = None if isinstance(error, DatabaseError) else error  # then it is ours
                logger.error("a message cannot be stored: %s", describe_database_error(error), exc_info=trace)
                refuse_all(batch, InternalError())

    def _conclude(self, batch: list[Waiting], outcomes: Sequence[Outcome], *, is_told: bool) -> None:
        """Answer the senders, then announce: a sender hears of the acknowledgement before the message."""
        now = (loop := asyncio.get_running_loop()).time()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Later) and not self._stopping:
                continue
            self._metrics.acknowledgement_seconds.observe(now - waiting.since)
            waiting.answer(outcome)
        self._keep_pace(batch, outcomes)
        # Duplicates too: one that was stored by an attempt whose outcome was lost has not been announced.
        stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        if stored and is_told:  # behind the futures' own callbacks, and before those of any later batch
            loop.call_soon(self._announce, stored)

    def _keep_pace(self, batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """Hold reactions that came too soon, and remember for which messages more would."""
        for address, held, wait_s in () if self._stopping else paced(batch, outcomes):
            turns_lost = max((waiting.turns_lost for waiting in held), default=0)
            self._pace.begin(address, held, wait_s=wait_s, turns_lost=turns_lost)
