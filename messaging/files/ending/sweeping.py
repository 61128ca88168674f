"""The task that takes away files which have come to their end, and has messages say so.

Each process has one. They may meet: what one has done the other finds done. What strays (see `straying`) is looked
for by one process at a time, as far as Redis can say; and once a day exports that are left over (see `leftovers`).
Where the store is away nothing is lost: rows say that their files are gone, and stay due until nothing lies there
any more.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from chatproject.errors import ChatError, StoreUnavailable
from chatproject.file_errors import FileStoreUnavailable
from chatproject.limits.shared import SharedLimits
from chatproject.seldom import Seldom
from messaging.files.ending import ends, leftovers, straying, untold
from messaging.files.ending.ends import Ending
from messaging.files.ending.figures import FileFigures
from messaging.files.storage.naming import EXPORTS, names_of
from messaging.files.storage.store import FileStore
from messaging.store.acts import FilesAct
from messaging.store.database import Database
from messaging.store.services import Stored

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 10.0
STRAYS_INTERVAL_S = 150.0  # within five minutes everything is found: 200,000 rows take half a minute
LEFTOVERS_INTERVAL_S = 86_400.0
PAUSE_S = 0.05  # between two steps: sockets first
STORE_INTERVAL_S = 60.0
TAKEN_AWAY_AT_ONCE = 25  # of a bucket each takes a tenth of a second, on a thread that checkers wait for too
TELL_PAUSE_S = 0.02  # fifty messages a second, among those that members send

Save = Callable[[FilesAct], Awaitable[Stored]]


def now_utc() -> datetime:
    return datetime.now(UTC)


class FileSweeper:
    """`save` stores an act as the writer does."""

    def __init__(
        self,
        *,
        database: Database,
        store: FileStore,
        save: Save,
        shared: SharedLimits,
        registry: CollectorRegistry,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._database, self._store, self._save, self._clock = database, store, save, clock
        self._turns = shared.buckets("files-strays", rate=1 / STRAYS_INTERVAL_S, burst=1, is_exact=True)
        self._days = shared.buckets("files-leftovers", rate=1 / LEFTOVERS_INTERVAL_S, burst=1, is_exact=True)
        self._strays_at = self._store_at = self._leftovers_at = 0.0  # when to look again, by the loop
        self._untold = frozenset[tuple[int, int]]()  # at the last look
        self._seldom = Seldom()
        self.figures = FileFigures(registry, is_store_up=lambda: store.is_up)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._sweep_forever(), name="file-sweeper")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _sweep_forever(self) -> None:
        while True:
            # several processes that began together do not look at one moment
            await asyncio.sleep(LOOK_INTERVAL_S * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                await self.sweep()
            except (FileStoreUnavailable, StoreUnavailable):
                self.figures.failures.inc()
            except Exception:
                self.figures.failures.inc()
                logger.exception("taking away files failed; it is tried again")

    async def sweep(self) -> None:
        """Whatever is due. Raises FileStoreUnavailable, StoreUnavailable: then the rest is done another time."""
        now = asyncio.get_running_loop().time()
        if now >= self._store_at:
            self._store_at = now + STORE_INTERVAL_S
            await self._look_at_store()
        await self._tell_what_was_left()
        await self._end_due()
        if now >= self._strays_at:
            await self._take_turn_at_strays(now)
        if now >= self._leftovers_at:
            wait_s = await self._days.take(0)
            self._leftovers_at = now + (wait_s or LEFTOVERS_INTERVAL_S)
            if not wait_s:
                await self.take_leftover_exports()

    async def _take_turn_at_strays(self, now: float) -> None:
        if wait_s := await self._turns.take(0):
            self._strays_at = now + wait_s
            self.figures.show(None)  # another one knows better
            return
        self._strays_at = now + STRAYS_INTERVAL_S
        await self.look_for_strays()
        await self._end_due()

    async def look_for_strays(self) -> None:
        """Through all rows, with pauses."""
        after: int | None = 0
        found = straying.NO_FILES
        while after is not None:
            after, some = await self._database.run(straying.mend_some, after=after, now=self._clock())
            found = found.and_more(some)
            await asyncio.sleep(PAUSE_S)
        self.figures.show(found)

    async def _look_at_store(self) -> None:
        """A store that is away is noticed, and said, before somebody needs it."""
        try:
            await self._store.check()
            await self._store.tidy()
        except FileStoreUnavailable:
            if self._seldom.may_say("away"):
                logger.warning("the file store cannot be written to: files are neither sent nor taken away")

    async def _end_due(self) -> None:
        is_full = True
        while is_full:
            ending = await self._database.run(ends.end_due, now=self._clock())
            is_full = ending.is_full
            await self._tell(ending.messages)
            await self._take_away(ending)
            await asyncio.sleep(PAUSE_S if is_full else 0)

    async def _take_away(self, ending: Ending) -> None:
        for part in ending.parts(TAKEN_AWAY_AT_ONCE):
            keys = [*part.removed.values(), *part.expired.values()]
            await self._store.delete([name for key in keys for name in names_of(key)])
            self.figures.count(await self._database.run(ends.finish, part, now=self._clock()))
            await asyncio.sleep(PAUSE_S)

    async def take_leftover_exports(self) -> None:
        """Through all that lie there, with pauses."""
        after: str | None = ""
        while after is not None:
            page = await self._store.run_long(self._store.place.page, EXPORTS, after=after)
            left = await self._database.run(leftovers.leftover_exports, page.lying, now=self._clock())
            for begin in range(0, len(left), TAKEN_AWAY_AT_ONCE):
                part = left[begin : begin + TAKEN_AWAY_AT_ONCE]
                await self._store.delete([one.name for one in part])
                self.figures.count_leftovers(len(part))
                await asyncio.sleep(PAUSE_S)
            after = page.after
            await asyncio.sleep(PAUSE_S)

    # --- telling

    async def _tell_what_was_left(self) -> None:
        """What was untold at the last look already: whoever was to tell it is gone."""
        found = await self._database.run(untold.untold_messages)
        await self._tell(found & self._untold)
        self._untold = found

    async def _tell(self, messages: Iterable[tuple[int, int]]) -> None:
        for room_id, seq in sorted(messages):
            try:
                await self._save(FilesAct(room_id=room_id, seq=seq))
            except StoreUnavailable:
                raise
            except ChatError:  # it is gone, with its room maybe
                await self._database.run(untold.mark_told, room_id=room_id, seq=seq)
            await asyncio.sleep(TELL_PAUSE_S)
