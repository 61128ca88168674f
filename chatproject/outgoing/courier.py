"""Brings one endpoint its events, for as long as this process holds it. Every await of the sending is in here.

What waits is read from the database five times a second, with what became of the events before written first;
bodies are made for what goes next, and up to 32 requests are under way, each on a connection of its own.
"""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings

from chatproject.errors import StoreUnavailable
from chatproject.outgoing.addresses import read_url
from chatproject.outgoing.composing import Row, Target
from chatproject.outgoing.connecting import GuardedNetwork
from chatproject.outgoing.envelope import envelope
from chatproject.outgoing.health import Pulse
from chatproject.outgoing.leases import Held, end_endpoint
from chatproject.outgoing.line import Sending
from chatproject.outgoing.lines import Lines
from chatproject.outgoing.means import Means
from chatproject.outgoing.posting import REQUEST_MAX_S, Lane, Receiver
from chatproject.outgoing.queue import LeaseLost, Read, read_waiting, write_outcomes
from chatproject.outgoing.signing import headers, webhook_id
from chatproject.outgoing.traced_posting import post_event

logger = logging.getLogger(__name__)

LANES_MAX = 32  # requests under way
VISIT_INTERVAL_S = 0.2
COMMIT_LINGER_S = 0.02  # where rooms wait for a commit: so long for others to join it
PAGE_ROWS = 500
KNOWN_MAX_ROWS = 5_000  # in memory; more are read when these are sent
COMPOSE_ROWS = 64  # at a time
READY_MAX = 64  # rooms whose next event has its body
RETRY_S = 1.0  # after the database was away
MARGIN_S = 1.0  # of the lease, behind the longest request
STOP_WAIT_S = 2.0  # for answers, before the process ends
GONE = 410


class Courier:
    """Made on the running loop. `is_over`: it sends no more, as its lease is lost, or nobody wants any."""

    def __init__(self, held: Held, means: Means, *, lease_ends_at: float) -> None:
        self.target = held.target
        self.is_over = False
        self._means, self._lease_ends_at = means, lease_ends_at
        self._loop = asyncio.get_running_loop()
        self._lines = Lines(Pulse(held.health, chance=random.random), chance=random.random)
        parts = read_url(held.target.url)
        self._receiver = Receiver(parts)
        self._network = GuardedNetwork(
            allowed=settings.EVENTS_ALLOWED_NETWORKS,
            is_private=parts.scheme == "http" and not settings.DEBUG,
        )
        self._idle: list[Lane] = []
        self._lanes: dict[asyncio.Task[None], Lane] = {}
        self._visit_soon, self._compose_soon = asyncio.Event(), asyncio.Event()
        self._has_more = True
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_failing(self) -> bool:
        """Nothing gets through."""
        return self._lines.pulse.is_failing

    def start(self) -> None:
        for name, work in (("visits", self._visit_forever), ("bodies", self._compose_forever)):
            self._tasks.append(asyncio.create_task(work(), name=f"events-{name}-{self.target.endpoint_id}"))

    def renew(self, target: Target, *, lease_ends_at: float) -> None:
        """The lease goes on until then, in seconds of the loop's clock; secrets and the like may be others."""
        self.target, self._lease_ends_at = target, lease_ends_at
        self._pump()

    async def stop(self) -> None:
        """Wait a little for answers, write what became of the events, and leave the rest to others.

        Where that is cancelled it goes on by another call.
        """
        self.is_over = True
        if self._lanes:
            await asyncio.wait(self._lanes, timeout=STOP_WAIT_S)
        tasks, lanes = [*self._tasks, *self._lanes], [*self._idle, *self._lanes.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lines.outcomes:
            try:
                await self._write()
            except (StoreUnavailable, LeaseLost):
                logger.warning("what became of some events was not written; they are sent once more")
        for lane in lanes:
            await lane.close()

    # --- to and from the database

    async def _visit_forever(self) -> None:
        while not self.is_over:
            self._visit_soon.clear()
            try:
                await self._visit()
            except StoreUnavailable:
                await asyncio.sleep(RETRY_S)  # said by others
            except LeaseLost:
                self.is_over = True
            except Exception:
                logger.exception("looking for events failed; it is tried again")
                await asyncio.sleep(RETRY_S)
            else:
                await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(VISIT_INTERVAL_S):
                await self._visit_soon.wait()
                await asyncio.sleep(COMMIT_LINGER_S)

    async def _visit(self) -> None:
        lines = self._lines
        lines.give_up(time.time())
        if lines.outcomes:
            await self._write()
        rooms, limit = lines.to_read(PAGE_ROWS) if lines.known < KNOWN_MAX_ROWS else ((), 0)
        read: Read = await self._means.run(
            read_waiting, endpoint_id=self.target.endpoint_id, not_of_rooms=rooms, limit=limit
        )
        lines.offer(read.rows, read.last_ids, time.time())
        self._has_more = read.has_more
        self._pump()
        while (lane := next((each for each in self._idle if each.is_unused()), None)) is not None:
            self._idle.remove(lane)  # before anybody can take it
            await lane.close()

    async def _write(self) -> None:
        lines = self._lines
        outcomes = list(lines.outcomes)
        await self._means.run(
            write_outcomes,
            endpoint_id=self.target.endpoint_id,
            holder=self._means.holder,
            outcomes=outcomes,
            health=lines.pulse.health,
        )
        del lines.outcomes[: len(outcomes)]
        lines.settle(outcomes, time.time())

    # --- bodies

    async def _compose_forever(self) -> None:
        while not self.is_over:
            await self._compose_soon.wait()
            self._compose_soon.clear()
            while self._lines.ready < READY_MAX and self._may_begin():
                rows = self._lines.to_compose(COMPOSE_ROWS, time.time())
                if not rows:
                    break
                await self._compose(rows)
                self._pump()

    async def _compose(self, rows: Sequence[Row]) -> None:
        bodies: dict[int, bytes | None] = {}
        try:
            bodies = await self._means.bodies.make(rows, self.target)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_S)
        else:
            for row in rows:
                if row.event_id not in bodies:
                    self._lines.fail_composing(row, time.time())
        finally:
            self._lines.composed(rows, bodies, time.time())

    # --- requests

    def _may_begin(self) -> bool:
        """Whether the lease outlives a request that begins now."""
        return not self.is_over and self._loop.time() + REQUEST_MAX_S + MARGIN_S < self._lease_ends_at

    def _take(self) -> Sending | None:
        return self._lines.take(time.time()) if self._may_begin() else None

    def _pump(self) -> None:
        """Begin what can be begun."""
        while len(self._lanes) < LANES_MAX and (sending := self._take()) is not None:
            lane = self._idle.pop() if self._idle else Lane(self._network, self._means.tls)
            task = asyncio.create_task(self._serve(lane, sending), name="events-lane")
            self._lanes[task] = lane
            task.add_done_callback(self._leave)
        lines = self._lines
        if lines.wants_bodies:
            self._compose_soon.set()
        if lines.is_committing or (self._has_more and lines.known - len(lines.outcomes) < PAGE_ROWS // 2):
            self._visit_soon.set()

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._idle.append(self._lanes.pop(task))
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("an event's sending failed", exc_info=error)
            self.is_over = True  # its room would wait for ever: begin anew

    async def _serve(self, lane: Lane, sending: Sending) -> None:
        """Send, and what comes next too, for as long as there is something."""
        current: Sending | None = sending
        while current is not None:
            await self._send(lane, current)
            current = self._take()
            self._pump()  # for other lanes

    async def _send(self, lane: Lane, sending: Sending) -> None:
        row = sending.row
        name = webhook_id(row.event_id, row.created_at)
        body = envelope(row, prev_id=sending.prev_id, data=sending.data)
        signed = headers(name, body, secrets=self.target.secrets, epoch_s=int(sending.began_at))
        answer = await post_event(row, lane, self._receiver, signed, body, tracer=self._means.tracer)
        if answer.is_success:
            assert answer.status is not None
            self._means.metrics.sent.labels(row.kind).inc()
            self._lines.succeed(sending, answer.status, time.time())
            return
        self._means.metrics.failed.labels(answer.reason).inc()
        self._lines.fail(sending, answer, time.time())
        if answer.status == GONE:
            await self._leave_gone()

    async def _leave_gone(self) -> None:
        self.is_over = True
        logger.warning("endpoint %d answered 410 and is sent no more events", self.target.endpoint_id)
        whose = {"endpoint_id": self.target.endpoint_id, "holder": self._means.holder}
        with suppress(StoreUnavailable):  # then it is asked once more
            await self._means.run(end_endpoint, **whose, why=f"answered {GONE}")
