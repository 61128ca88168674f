"""The task that shows messages again when what hid them has come to its end: then, and not at the next look.

Each process has one, and each does it: under the room's lock one is first, and for the others nothing is left.
What hid them is in the database, so that a restart, or the end of a process, delays it until another one looks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from chatproject.errors import ChatError, StoreUnavailable
from messaging.store.acts import HideAct
from messaging.store.database import Database
from messaging.store.due import Due, next_ends
from messaging.store.services import Stored

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 5.0  # an end that another process wrote down is known so much later at the latest
AT_ONCE = 256  # as a batch of the writer
RETRY_S = 1.0


def now_utc() -> datetime:
    return datetime.now(UTC)


class Timekeeper:
    """`save` stores an act, which its own clock judges; `clock` says when to try."""

    def __init__(
        self,
        *,
        database: Database,
        save: Callable[[HideAct], Awaitable[Stored]],
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._database, self._save, self._clock = database, save, clock
        self._earlier = asyncio.Event()  # something ends before what is waited for
        self._wake_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_time(), name="timekeeper")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def hear(self, ends: Iterable[datetime | None]) -> None:
        """Messages were hidden here until then; None is without an end."""
        for end in ends:
            if end is not None and (self._wake_at is None or end < self._wake_at):
                self._wake_at = end
                self._earlier.set()

    async def _keep_time(self) -> None:
        while True:
            self._wake_at = None
            try:
                wait_s = await self._end_what_is_over()
            except StoreUnavailable:
                wait_s = RETRY_S  # said by others
            except Exception:
                logger.exception("showing hidden messages again failed; it is tried again")
                wait_s = RETRY_S
            self.hear([self._clock() + timedelta(seconds=wait_s)])  # unless it was to be earlier meanwhile
            await self._sleep()

    async def _sleep(self) -> None:
        """Until the time has come, which may be moved to an earlier one meanwhile.

        By the loop's time: a clock that is set back makes nobody wait longer than until the next look.
        """
        while self._wake_at is not None and (wait := self._wake_at - self._clock()) > timedelta(0):
            self._earlier.clear()
            try:
                async with asyncio.timeout(wait.total_seconds()):
                    await self._earlier.wait()
            except TimeoutError:
                return

    async def _end_what_is_over(self) -> float:
        """Returns after how many seconds there is something to do again."""
        while True:
            dues = await self._database.run(next_ends, limit=AT_ONCE)
            now = self._clock()
            over = [due for due in dues if due.until <= now]
            ended = await asyncio.gather(*map(self._end, over))
            if len(over) < AT_ONCE or not all(ended):
                break
        coming = [due.until for due in dues if due.until > now]
        return min((coming[0] - now).total_seconds(), LOOK_INTERVAL_S) if coming else LOOK_INTERVAL_S

    async def _end(self, due: Due) -> bool:
        act = HideAct(
            room_id=due.room_id, seq=due.seq, member_id=None, on=False, sanction_id=due.sanction_id, is_due=True
        )
        try:
            await self._save(act)
        except StoreUnavailable:
            raise
        except ChatError as error:
            logger.warning("what hid a message was not ended: %s", error.code)
            return False
        return True
