"""The background job that has rooms lose what they keep no longer. See `retaining`."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from messaging.personal.retaining import due_rooms, retain_some
from messaging.store.database import Database

LOOK_INTERVAL_S = 3_600.0  # through all rooms
FIRST_LOOK_WITHIN_S = 60.0  # processes that began together do not look at one moment


class RetainMessages:
    """`tell` has a room's listeners told where it begins, since its roster has that version."""

    name = "retain messages"

    def __init__(
        self, *, database: Database, tell: Callable[[int, int], None], clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._database, self._tell, self._clock = database, tell, clock
        self._due: deque[int] = deque()  # rooms, each in its turn
        self._after = 0
        self._looks_at: float | None = None  # by the loop

    async def step(self) -> bool:
        """The next room's turn, or the next rooms looked at. See Job."""
        if self._due:
            await self._retain(self._due.popleft())
            return True
        now = asyncio.get_running_loop().time()
        if self._looks_at is None:
            self._looks_at = now + random.uniform(0, FIRST_LOOK_WITHIN_S)  # noqa: S311
        if now < self._looks_at:
            return False
        due, last = await self._database.run(due_rooms, after=self._after, now=self._clock())
        self._due.extend(due)
        self._after = last or 0
        if last is None:
            self._looks_at = now + LOOK_INTERVAL_S
        return bool(due) or last is not None

    async def _retain(self, room_id: int) -> None:
        done = await self._database.run(retain_some, room_id=room_id, now=self._clock())
        if done.version is not None:
            self._tell(room_id, done.version)
        if done.is_full:
            self._due.append(room_id)
