"""Has files checked that arrived, one after the other. Each process has one, and takes what no other holds.

No byte of a file passes through here: the store's threads move it, clamd and a process of its own look at it. What
is away is waited for, and no file is refused for it.
"""

import asyncio
import logging
import os
import random
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from django.conf import settings
from prometheus_client import CollectorRegistry

from chatproject.errors import ChatError, StoreUnavailable
from chatproject.file_errors import FileStoreUnavailable
from chatproject.seldom import Seldom
from messaging.file_models import File
from messaging.files.checks.inspecting import Inspector
from messaging.files.checks.leases import (
    RENEW_INTERVAL_S,
    Finished,
    Held,
    Outcome,
    count_waiting,
    finish,
    put_back,
    renew,
    take_next,
)
from messaging.files.checks.metrics import CheckMetrics
from messaging.files.checks.scanning import Scanner, ScannerAway, ScannerBrokeOff
from messaging.files.examining.running import PREFIX, ExaminerFailed
from messaging.files.storage.naming import coming_name, names_of
from messaging.files.storage.store import FileStore
from messaging.store.acts import FilesAct
from messaging.store.database import Database
from messaging.store.services import Stored

logger = logging.getLogger(__name__)

Save = Callable[[FilesAct], Awaitable[Stored]]

LOOK_INTERVAL_S = 2.0  # for what arrived at other processes, or was left by one that died
COUNT_INTERVAL_S = 10.0
DATABASE_RETRY_S = 1.0
TRIES_MAX = 3
AFTER_FAILURE_S = 5.0
AWAY_FIRST_S, AWAY_MOST_S = 1.0, 60.0
LEFT_BEHIND_AFTER_S = 3_600  # longer than any check takes


class FileChecker:
    """`save` stores an act as the writer does."""

    def __init__(
        self,
        *,
        database: Database,
        store: FileStore,
        save: Save,
        metrics: CheckMetrics,
        scanner: Scanner | None = None,
    ) -> None:
        self._database, self._store, self._save, self._metrics = database, store, save, metrics
        self._scanner, self._inspector = scanner, Inspector(store=store, scanner=scanner)
        # of this process and no other, also where two machines have one name
        self._holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(8)}"
        self._woken = asyncio.Event()
        self._away_s = AWAY_FIRST_S
        self._count_at = 0.0
        self._seldom = Seldom()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of_settings(cls, *, database: Database, store: FileStore, save: Save, registry: CollectorRegistry) -> Self:
        """Not started."""
        scanner = Scanner(settings.FILES.scanner) if settings.FILES.scanner else None
        return cls(database=database, store=store, save=save, metrics=CheckMetrics(registry), scanner=scanner)

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._check_forever(), name="file-checker")

    async def stop(self) -> None:
        """What is being checked is left to others, at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._scanner is not None:
            self._scanner.close()

    def wake(self) -> None:
        """A file arrived here."""
        self._woken.set()

    async def _check_forever(self) -> None:
        await asyncio.to_thread(tidy)
        while True:
            self._woken.clear()
            try:
                await self._count()
                while await self.check_next():
                    await self._count()
            except StoreUnavailable:
                pass  # said by others
            except Exception:
                logger.exception("checking files failed; it is tried again")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_INTERVAL_S * random.uniform(0.5, 1.5)):  # noqa: S311
                    await self._woken.wait()

    async def check_next(self) -> bool:
        """Check the file that waits longest. Whether there was one, and others may follow it at once.

        Raises StoreUnavailable.
        """
        held = await self._database.run(take_next, holder=self._holder)
        if held is None:
            return False
        began = time.monotonic()
        try:
            outcome = await self._outcome_of(held)
            if outcome is not None:
                await self._end(held, outcome)
                self._metrics.count(outcome.reason or "ready", seconds=time.monotonic() - began)
        except (FileStoreUnavailable, ScannerAway) as error:
            await self._put_off(held, error)
            return False
        except asyncio.CancelledError:
            with suppress(StoreUnavailable, RuntimeError):  # the second: the database is closed already
                await self._put_back(held, wait_s=0, counts=False)
            raise
        return True

    async def _outcome_of(self, held: Held) -> Outcome | None:
        """None: who looks at it gave no answer, and is asked again later."""
        failed = Outcome(reason=File.Reason.FAILED)
        if held.tries > TRIES_MAX:  # who checked it ended each time without a word
            return failed
        try:
            async with self._lease(held), temporary_folder() as folder:
                outcome = await self._inspector.inspect(held, folder)
        except (ExaminerFailed, ScannerBrokeOff) as error:
            logger.warning("file %d could not be looked at: %s", held.file_id, error)
            if held.tries == TRIES_MAX:
                return failed
            self._metrics.again.labels("examiner" if isinstance(error, ExaminerFailed) else "scanner").inc()
            await self._put_back(held, wait_s=AFTER_FAILURE_S, counts=True)
            return None
        self._away_s = AWAY_FIRST_S
        return outcome

    @asynccontextmanager
    async def _lease(self, held: Held) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew(held), name="file-lease")
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, held: Held) -> None:
        while True:
            await asyncio.sleep(RENEW_INTERVAL_S)
            with suppress(StoreUnavailable):
                await self._database.run(renew, file_id=held.file_id, holder=self._holder)

    async def _put_off(self, held: Held, error: Exception) -> None:
        """It and, one by one, all others are tried again, more and more seldom."""
        is_store = isinstance(error, FileStoreUnavailable)
        self._metrics.again.labels("store" if is_store else "scanner").inc()
        if not is_store and self._seldom.may_say("scanner"):  # the store says so itself
            logger.warning("the scanner cannot be asked, so that files wait: %s", error)
        await self._put_back(held, wait_s=self._away_s, counts=False)
        self._away_s = min(2 * self._away_s, AWAY_MOST_S)

    async def _put_back(self, held: Held, *, wait_s: float, counts: bool) -> None:
        await self._database.run(put_back, file_id=held.file_id, holder=self._holder, wait_s=wait_s, counts=counts)

    async def _end(self, held: Held, outcome: Outcome) -> None:
        """Write it down, tell it, and take away what nobody needs any more."""
        async with self._lease(held):
            finished = await self._finish(held, outcome)
        if finished.message is not None:
            await self._tell(*finished.message)
        if finished.is_gone or (finished.is_written and outcome.reason):
            await self._take_away(*names_of(held.key))
        elif finished.is_written:
            await self._take_away(coming_name(held.key))

    async def _finish(self, held: Held, outcome: Outcome) -> Finished:
        """What was found is not lost because the database is away for a while."""
        while True:
            try:
                return await self._database.run(finish, file_id=held.file_id, holder=self._holder, outcome=outcome)
            except StoreUnavailable:
                await asyncio.sleep(DATABASE_RETRY_S)

    async def _tell(self, room_id: int, seq: int) -> None:
        """The row says that it is untold, so that the sweeper does it otherwise."""
        with suppress(ChatError):
            await self._save(FilesAct(room_id=room_id, seq=seq))

    async def _take_away(self, *names: str) -> None:
        """What stays goes when the file itself goes."""
        with suppress(FileStoreUnavailable):
            await self._store.delete(names)

    async def _count(self) -> None:
        now = time.monotonic()
        if now >= self._count_at:
            self._count_at = now + COUNT_INTERVAL_S
            self._metrics.waiting.set(await self._database.run(count_waiting))


@asynccontextmanager
async def temporary_folder() -> AsyncIterator[Path]:
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix=PREFIX)
    try:
        yield Path(folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def tidy() -> None:
    """Take away what processes that were killed left of members' files."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_BEHIND_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)
