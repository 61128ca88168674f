"""The task that does, beside running chat, what takes long and has time: erasures, exports, what became too old.

Each process has one; they take turns, so that one works at a time, as far as Redis can say. Two may meet: jobs
claim what they work on, for the length of a step, and a process that dies leaves it to the others.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter

from chatproject.errors import StoreUnavailable
from chatproject.file_errors import FileStoreUnavailable
from chatproject.limits.shared import SharedLimits

logger = logging.getLogger(__name__)

TURN_INTERVAL_S = 4.0
TURN_S = 3.5  # works so long at most, and leaves the rest to whoever is next
PAUSE_S = 0.05  # between two steps: sockets first


class Job(Protocol):
    """Something to do in small steps. What a step raises is logged, and is tried again at another turn."""

    @property
    def name(self) -> str:
        """For logs and metrics: a word or two."""

    async def step(self) -> bool:
        """Do a little: some 50 ms of the database's time at most. True: there is more to do now."""


class PersonalWorker:
    def __init__(self, jobs: Sequence[Job], *, shared: SharedLimits, registry: CollectorRegistry) -> None:
        self._jobs = list(jobs)
        self._turns = shared.buckets("personal-work", rate=1 / TURN_INTERVAL_S, burst=1, is_exact=True)
        self._failures = Counter(
            "chat_job_failures", "Steps of background jobs that failed.", ["work"], registry=registry
        )
        for job in self._jobs:
            self._failures.labels(job.name)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._work_forever(), name="personal-worker")

    async def stop(self) -> None:
        """A step under way is given up in the middle."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _work_forever(self) -> None:
        while True:
            if wait_s := await self._turns.take(0):
                # several processes that wait for one turn do not ask for it in one moment
                await asyncio.sleep(wait_s + TURN_INTERVAL_S * random.uniform(0, 0.25))  # noqa: S311
            else:
                await self.work(until=asyncio.get_running_loop().time() + TURN_S)

    async def work(self, *, until: float | None = None) -> None:
        """A step of each job in turn, until none has more to do, or until then, by the loop's clock."""
        clock, left = asyncio.get_running_loop().time, self._jobs
        while left and (until is None or clock() < until):
            left = [job for job in left if await self._step(job)]
            await asyncio.sleep(PAUSE_S)

    async def _step(self, job: Job) -> bool:
        try:
            return await job.step()
        except (StoreUnavailable, FileStoreUnavailable):  # said by others
            self._failures.labels(job.name).inc()
        except Exception:
            self._failures.labels(job.name).inc()
            logger.exception("a step of a background job failed; it is tried again", extra={"job": job.name})
        return False
