"""The heartbeat of the answers that this process gives, and the look-out for those of processes that died."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from assistant.runs import Ended, Leases, end_orphans, ends_of, renew_leases
from chatproject.errors import StoreUnavailable

logger = logging.getLogger(__name__)

HEARTBEAT_INTERVAL_S = 3.0  # a lease outlives three that fail; it is also how late a stop comes without Redis
SWEEP_INTERVAL_S = 3.0  # with the lease: a room hears within 15 s that nobody writes its answer any more


class Beating(Protocol):
    """An answer under way, as far as its lease is concerned."""

    def renew(self, *, is_unwanted: bool) -> None:
        """It is still this process's; somebody may want it stopped."""

    def lose(self) -> None:
        """Others ended it."""


class LeaseKeeper:
    """Two tasks: one renews the leases of `answers` (by run id), one ends what nobody renews.

    `tell_end` tells every process of an end; `lost_ends` names the runs whose end this process seems to have
    missed, and `tell_end_here` is then told how they ended.
    """

    def __init__(
        self,
        *,
        owner: str,
        run: Callable[..., Awaitable[Any]],
        answers: Mapping[str, Beating],
        tell_end: Callable[[Ended], None],
        lost_ends: Callable[[], list[str]],
        tell_end_here: Callable[[Ended], None],
    ) -> None:
        self._owner, self._run, self._answers = owner, run, answers
        self._tell_end, self._lost_ends, self._tell_end_here = tell_end, lost_ends, tell_end_here
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(_forever(self._beat, HEARTBEAT_INTERVAL_S), name="assistant-heartbeat"),
            asyncio.create_task(_forever(self._sweep, SWEEP_INTERVAL_S), name="assistant-sweep"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _beat(self) -> None:
        answers = dict(self._answers)
        if not answers:
            return
        leases: Leases = await self._run(
            renew_leases, owner=self._owner, run_ids=list(answers), now=datetime.now(UTC)
        )
        for run_id, answer in answers.items():
            if run_id in leases.held:
                answer.renew(is_unwanted=run_id in leases.unwanted)
            elif run_id in self._answers:  # else it ended while we asked
                answer.lose()
            await asyncio.sleep(0)  # a turn for the sockets: each answer tells all processes its text

    async def _sweep(self) -> None:
        for ended in await self._run(end_orphans, now=datetime.now(UTC)):
            logger.warning("assistant run %s outlived its process; it ended as %s", ended.run_id, ended.state)
            self._tell_end(ended)
        if run_ids := self._lost_ends():
            for ended in await self._run(ends_of, run_ids):
                self._tell_end_here(ended)


async def _forever(work: Callable[[], Awaitable[None]], interval_s: float) -> None:
    while True:
        await asyncio.sleep(interval_s)
        try:
            await work()
        except StoreUnavailable:
            logger.warning("the assistant's leases are not looked after: the store is not reachable")
        except Exception:
            logger.exception("looking after the assistant's leases failed")
