"""A composer at this run's database, and who looks at the chat as a test says."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest

from chatproject.outgoing.composing import Row, Target
from chatproject.outgoing.models import Endpoint, OutgoingEvent
from messaging.events.composing import EventComposer
from messaging.store.database import Database
from tests.endpoints import subscribe
from tests.messaging.people import in_thread, soon


@dataclass
class Events:
    """The events of one endpoint, as whoever sends them would have them composed."""

    endpoint: Endpoint
    composer: EventComposer
    looking: set[int]
    asked: list[Collection[int]] = field(default_factory=list)  # who was asked for
    left: set[int] = field(default_factory=set)  # those who looked 20 seconds ago

    async def compose(self, **where: Any) -> list[Any]:
        """What each event says that waits, in their order; None: nobody is to be notified."""
        rows = await in_thread(rows_of, self.endpoint, where)
        target = target_of(self.endpoint)
        bodies = await soon(self.composer.compose(rows, target))
        assert bodies.keys() == {row.event_id for row in rows}
        return [None if bodies[row.event_id] is None else json.loads(bodies[row.event_id] or b"") for row in rows]

    async def look_again(self) -> None:
        await soon(self.composer.look_again(target_of(self.endpoint)))


def target_of(endpoint: Endpoint) -> Target:
    return Target(endpoint.pk, endpoint.url, endpoint.description, endpoint.with_text, ())


def rows_of(endpoint: Endpoint, where: dict[str, Any]) -> list[Row]:
    found = OutgoingEvent.objects.filter(endpoint_id=endpoint.pk, **where).order_by("pk")
    return [Row(*row) for row in found.values_list(*Row._fields)]


@pytest.fixture
async def events(database: Database) -> Events:
    return await make_events(database)


async def make_events(database: Database, *kinds: str, **fields: Any) -> Events:
    looking: set[int] = set()
    asked: list[Collection[int]] = []
    left: set[int] = set()

    async def looked_within(member_ids: Collection[int], seconds: float) -> set[int]:
        asked.append(member_ids)
        return (looking | left if seconds > 20 else looking).intersection(member_ids)

    composer = EventComposer(database=database, looked_within=looked_within)
    endpoint = await in_thread(lambda: subscribe(*kinds, **fields))
    return Events(endpoint, composer, looking, asked, left)
