"""Who subscribed to what: read from the endpoints, and kept in each process for whoever stores many messages."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from chatproject.outgoing.models import Endpoint

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 3.0  # after which every process knows an endpoint whose notice was lost
LOOK_AGAIN_S = 0.5  # after a failure
STALE_S = 10.0  # what was read longer ago is not relied upon: then whoever stores reads it again

Run = Callable[[Callable[[], "Subscribed"]], Awaitable["Subscribed"]]


class Subscribed:
    """The endpoints to which events go, by kind. False where there are none."""

    def __init__(self, endpoint_ids: Mapping[str, tuple[int, ...]]) -> None:
        self._endpoint_ids = endpoint_ids

    def to(self, kind: str) -> tuple[int, ...]:
        """The endpoints that are told of events of that kind."""
        return self._endpoint_ids.get(kind, ())

    def __bool__(self) -> bool:
        return bool(self._endpoint_ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subscribed) and self._endpoint_ids == other._endpoint_ids

    __hash__ = None  # type: ignore[assignment]


NOBODY = Subscribed({})


def read_subscribed() -> Subscribed:
    """As it stands: in the caller's transaction, if there is one."""
    return _subscribed(Endpoint.objects.filter(is_enabled=True).order_by("pk").values_list("pk", "kinds"))


def reading_subscribed() -> tuple[str, Callable[[Iterable[Any]], Subscribed]]:
    """The statement that reads the same for whoever stores by hand, and what makes it of the rows."""
    return (
        "SELECT endpoint_id, kinds FROM chat_event_endpoints WHERE is_enabled ORDER BY endpoint_id",
        lambda rows: _subscribed((endpoint_id, json.loads(kinds)) for endpoint_id, kinds in rows),
    )


def _subscribed(rows: Iterable[tuple[int, Iterable[str]]]) -> Subscribed:
    endpoint_ids: dict[str, tuple[int, ...]] = {}
    for endpoint_id, kinds in rows:
        for kind in dict.fromkeys(kinds):
            endpoint_ids[kind] = (*endpoint_ids.get(kind, ()), endpoint_id)
    return Subscribed(endpoint_ids)


class Subscriptions:
    """One per process. `run` calls a function that reads the database."""

    def __init__(self, *, run: Run) -> None:
        self._run = run
        self._known: Subscribed | None = None
        self._known_at = 0.0  # monotonic seconds
        self._now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False

    def start(self) -> None:
        """Start on the running loop."""
        self._task = asyncio.create_task(self._watch(), name="event-subscriptions")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def current(self) -> Subscribed | None:
        """Who subscribed to what; None where that is not known, or was read too long ago."""
        if time.monotonic() - self._known_at > STALE_S:
            return None
        return self._known

    def look_now(self) -> None:
        """An endpoint was made, changed or ended."""
        self._now.set()

    async def _watch(self) -> None:
        while True:
            await self._look()
            try:
                async with asyncio.timeout(LOOK_AGAIN_S if self._is_failing else LOOK_INTERVAL_S):
                    await self._now.wait()
            except TimeoutError:
                pass
            self._now.clear()

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            self._known = await self._run(read_subscribed)
        except Exception as error:
            if not self._is_failing:
                logger.warning("who subscribed to events cannot be read: %s", type(error).__name__)
            self._is_failing = True
        else:
            self._known_at, self._is_failing = began, False
