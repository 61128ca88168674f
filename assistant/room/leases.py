"""The heartbeat of the answers that this process gives, and the look-out for those of processes that died."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from assistant.room.progress import Progress
from assistant.room.runs import Ended, Leases, end_orphans, ends_of, renew_leases
from chatproject.errors import StoreUnavailable

logger = logging.getLogger(__name__)

# A lease outlives three heartbeats that fail, and is looked for as often: a room hears within 15 s that nobody
# writes its answer any more. It is also how late a stop comes without Redis.
HEARTBEAT_INTERVAL_S = 3.0


class Beating(Protocol):
    """An answer under way, as far as its lease is concerned."""

    def renew(self, *, is_unwanted: bool) -> None:
        """It is still this process's; somebody may want it stopped."""

    def lose(self) -> None:
        """Others ended it."""


class LeaseKeeper:
    """One task, which renews the leases of `answers` (by run id), then ends what nobody renews.

    In this order, because after an outage of the database all leases have run out, those of this process too.
    `tell_end` tells every process of an end; `progress` is told those that this process seems to have missed.
    """

    def __init__(
        self,
        *,
        owner: str,
        run: Callable[..., Awaitable[Any]],
        answers: Mapping[str, Beating],
        tell_end: Callable[[Ended], None],
        progress: Progress,
    ) -> None:
        self._owner, self._run, self._answers = owner, run, answers
        self._tell_end, self._progress = tell_end, progress
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_after_leases(), name="assistant-leases")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _look_after_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_INTERVAL_S)
            try:
                await self._beat()
                await self._sweep()
            except StoreUnavailable:
                logger.warning("the assistant's leases are not looked after: the store is not reachable")
            except Exception:
                logger.exception("looking after the assistant's leases failed")

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
        # a renewal that waited long for the database may have come too late already
        for ended in await self._run(end_orphans, held=list(self._answers), now=datetime.now(UTC)):
            logger.warning("assistant run %s outlived its process; it ended as %s", ended.run_id, ended.state)
            self._tell_end(ended)
        if silent := self._progress.silent():
            self._progress.resolve(silent, await self._run(ends_of, silent))
