"""How late the machine calls this process. Promises of seconds are held to that much more, so it fails nobody.

No server is excused by it: it is not the server that is looked at.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOK_INTERVAL_S = 0.1


class Lateness:
    """At worst, while it is watched."""

    def __init__(self) -> None:
        self._worst_s = 0.0
        self._due = time.monotonic()

    @property
    def seconds(self) -> float:
        """The look that is overdue now counts too: what came while the machine stood still may be seen first."""
        return max(self._worst_s, time.monotonic() - self._due)

    async def watch(self) -> None:
        while True:
            self._due = time.monotonic() + LOOK_INTERVAL_S
            await asyncio.sleep(LOOK_INTERVAL_S)
            self._worst_s = self.seconds


@asynccontextmanager
async def watching_lateness() -> AsyncIterator[Lateness]:
    lateness = Lateness()
    watch = asyncio.create_task(lateness.watch())
    try:
        yield lateness
    finally:
        watch.cancel()
        await asyncio.wait([watch])
