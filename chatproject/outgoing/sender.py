"""Sends events from this process: a courier for each endpoint whose lease it has, and what has to be done beside.

Every process has one and takes what no other holds. What it was doing when it died others go on with.
"""

import asyncio
import logging
import os
import secrets
import socket
from functools import cached_property

from django.utils import timezone

from chatproject.errors import StoreUnavailable
from chatproject.outgoing.addresses import AddressRefused
from chatproject.outgoing.bodies import Bodies
from chatproject.outgoing.composing import Composer
from chatproject.outgoing.connecting import tls
from chatproject.outgoing.courier import Courier
from chatproject.outgoing.leases import LEASE_S, RENEW_INTERVAL_S, Held, release_leases, take_leases
from chatproject.outgoing.means import Means, Run
from chatproject.outgoing.metrics import EventMetrics
from chatproject.outgoing.retention import ToldRooms, forget_rooms, purge, told_rooms
from chatproject.outgoing.services import standing_of
from chatproject.seldom import Seldom
from chatproject.tracing.tracer import NOT_TRACED, Tracer

logger = logging.getLogger(__name__)

COUNT_INTERVAL_S = 10.0
PURGE_INTERVAL_S = 60.0
LOOK_AGAIN_INTERVAL_S = 1.0


class EventSender:
    """`run` calls a function on a database thread; raises StoreUnavailable where the database is away."""

    def __init__(
        self, *, run: Run, composer: Composer, metrics: EventMetrics, tracer: Tracer = NOT_TRACED
    ) -> None:
        self._run, self._composer, self._metrics, self._tracer = run, composer, metrics, tracer
        # of this process and no other, also where two machines have one name
        self._holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(8)}"
        self._couriers: dict[int, Courier] = {}
        self._said_failing: dict[int, bool] = {}  # by endpoint
        self._looked_for: dict[int, int] = {}  # by endpoint, the last room that was looked for
        self._seldom = Seldom()
        self._tasks: list[asyncio.Task[None]] = []

    @cached_property
    def _means(self) -> Means:
        bodies = Bodies(self._composer, self._metrics)
        return Means(self._holder, self._run, bodies, self._metrics, tls(), self._tracer)

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if not self._tasks:
            works = (
                (self._look_after_leases, RENEW_INTERVAL_S),
                (self._count, COUNT_INTERVAL_S),
                (self._purge, PURGE_INTERVAL_S),
                (self._look_again, LOOK_AGAIN_INTERVAL_S),
            )
            self._tasks = [
                asyncio.create_task(self._repeat(work, every_s), name=f"events{work.__name__}")
                for work, every_s in works
            ]

    async def stop(self) -> None:
        """Wait a little for answers under way, then leave the endpoints to others."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        held = list(self._couriers)
        await asyncio.gather(*map(self._stop_courier, held))
        try:
            if held:
                await self._run(release_leases, holder=self._holder, endpoint_ids=held)
        except StoreUnavailable:
            logger.warning("the endpoints were not released; others send to them in %d s", LEASE_S)

    def begin_anew(self) -> None:
        """The database is in another epoch: couriers that begin with the next leases read anew what waits."""
        for courier in self._couriers.values():
            courier.is_over = True

    async def _repeat(self, work: Run, every_s: float) -> None:
        while True:
            try:
                await work()
            except StoreUnavailable:
                pass  # said by others
            except Exception:
                logger.exception("%s failed; it is tried again", work.__name__)
            await asyncio.sleep(every_s)

    async def _look_after_leases(self) -> None:
        asked_at = asyncio.get_running_loop().time()  # the lease lasts longer than from here
        working = [endpoint_id for endpoint_id, courier in self._couriers.items() if not courier.is_over]
        held: list[Held] = await self._run(take_leases, holder=self._holder, held_ids=working)
        for endpoint_id in self._couriers.keys() - {each.target.endpoint_id for each in held}:
            await self._stop_courier(endpoint_id)
        for each in held:
            await self._employ(each, lease_ends_at=asked_at + LEASE_S)

    async def _employ(self, held: Held, *, lease_ends_at: float) -> None:
        endpoint_id = held.target.endpoint_id
        courier = self._couriers.get(endpoint_id)
        is_elsewhere = courier is not None and courier.target.url != held.target.url
        if courier is not None and not (is_elsewhere or held.is_new or courier.is_over):
            courier.renew(held.target, lease_ends_at=lease_ends_at)
            return
        was_over = courier is not None and courier.is_over
        await self._stop_courier(endpoint_id)
        if was_over:  # what ended it, such as a 410, may have been written since `held` was read: look again first
            return
        if is_elsewhere:  # nothing got through to the address before: that says nothing of this one
            held = held._replace(health=held.health._replace(retry_at=None))
        try:
            courier = Courier(held, self._means, lease_ends_at=lease_ends_at)
        except AddressRefused:
            if self._seldom.may_say(str(endpoint_id)):
                logger.warning("the address of endpoint %d is none that can be sent to", endpoint_id)
            return
        self._couriers[endpoint_id] = courier
        courier.start()

    async def _stop_courier(self, endpoint_id: int) -> None:
        if (courier := self._couriers.pop(endpoint_id, None)) is None:
            return
        try:
            await courier.stop()
        except asyncio.CancelledError:  # all ends: `stop` goes on with it
            self._couriers[endpoint_id] = courier
            raise

    async def _count(self) -> None:
        failing = {endpoint_id: courier.is_failing for endpoint_id, courier in self._couriers.items()}
        for endpoint_id, is_failing in failing.items():
            if is_failing != self._said_failing.get(endpoint_id, False):
                self._said_failing[endpoint_id] = is_failing
                says = "nothing gets through to endpoint %d" if is_failing else "endpoint %d takes events again"
                logger.warning(says, endpoint_id)
        self._metrics.failing = failing
        self._metrics.standings = await self._run(standing_of, list(self._couriers))

    async def _purge(self) -> None:
        while await self._run(purge, endpoint_ids=list(self._couriers), now=timezone.now()):  # noqa: ASYNC110 - lets others work
            await asyncio.sleep(0.1)
        for endpoint_id in list(self._couriers):
            await self._forget_rooms(endpoint_id)

    async def _forget_rooms(self, endpoint_id: int) -> None:
        after_id = self._looked_for.get(endpoint_id, 0)
        told: ToldRooms = await self._run(told_rooms, endpoint_id=endpoint_id, after_id=after_id)
        self._looked_for[endpoint_id] = told.last_id
        if told.room_ids and (gone := await self._composer.gone_rooms(told.room_ids)):
            await self._run(forget_rooms, endpoint_id=endpoint_id, room_ids=gone)

    async def _look_again(self) -> None:
        for courier in list(self._couriers.values()):
            if not courier.is_over:
                await self._composer.look_again(courier.target)
