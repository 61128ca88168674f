"""Senders as if each were a process, a receiver, and an endpoint that leads to it."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chatproject.outgoing.composing import Row, Target
from chatproject.outgoing.metrics import EventMetrics
from chatproject.outgoing.models import Endpoint, EndpointSecret, OutgoingEvent
from chatproject.outgoing.sender import EventSender
from messaging.store.database import Database
from tests.chatproject.outgoing.receiver import SECRET, Receiver, receiving
from tests.messaging.people import in_thread, soon
from tests.threads import join_database_threads

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


@dataclass
class Wordsmith:
    """Makes bodies of events' numbers. What is in `nobody` tells nobody; what is in `broken` cannot be made."""

    nobody: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)  # rooms
    failure: Exception | None = None  # that comes next
    looked_again: asyncio.Event = field(default_factory=asyncio.Event)

    async def compose(self, rows: Sequence[Row], target: Target) -> Mapping[int, bytes | None]:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        if any(row.event_id in self.broken for row in rows):
            raise RuntimeError("no such message")
        return {
            row.event_id: None if row.event_id in self.nobody else b'{"seq":%d}' % (row.seq or 0) for row in rows
        }

    async def look_again(self, target: Target) -> None:
        self.looked_again.set()

    async def gone_rooms(self, room_ids: Collection[int]) -> Collection[int]:
        return self.gone.intersection(room_ids)


@dataclass
class Process:
    """A sender, and what it stands on."""

    sender: EventSender
    registry: CollectorRegistry
    database: Database

    def metric(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    async def die(self) -> None:
        """As by SIGKILL: nothing is written, nothing is released."""
        tasks = [*self.sender._tasks]
        for courier in self.sender._couriers.values():
            tasks += [*courier._tasks, *courier._lanes]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.sender._couriers.clear()


StartSender = Callable[[], Awaitable[Process]]


@pytest.fixture
async def receiver(settings: Any) -> AsyncIterator[Receiver]:
    settings.EVENTS_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def words() -> Wordsmith:
    return Wordsmith()


@pytest.fixture
async def start_sender(transactional_db: None, words: Wordsmith) -> AsyncIterator[StartSender]:
    processes: list[Process] = []

    async def start() -> Process:
        registry, database = CollectorRegistry(), Database(readers=2)
        sender = EventSender(run=database.run, composer=words, metrics=EventMetrics(registry))
        processes.append(Process(sender, registry, database))
        sender.start()
        return processes[-1]

    yield start
    for process in processes:
        await soon(process.sender.stop())
        process.database.close()
    await asyncio.to_thread(join_database_threads)


@pytest.fixture
async def endpoint_id(transactional_db: None, receiver: Receiver) -> int:
    return await in_thread(make_endpoint, receiver.url)


def make_endpoint(url: str) -> int:
    endpoint = Endpoint.objects.create(url=url, kinds=["message"], description="main server")
    EndpointSecret.objects.create(endpoint=endpoint, secret=SECRET)
    return endpoint.pk


def make_events(endpoint_id: int, *room_ids: int | None, **fields: Any) -> list[int]:
    """An event of each room, in this order; returns their numbers."""
    given: dict[str, Any] = {"kind": "message", "created_at": NOW, **fields}
    return [
        OutgoingEvent.objects.create(endpoint_id=endpoint_id, room_id=room_id, seq=seq, **given).pk
        for seq, room_id in enumerate(room_ids, start=1)
    ]
