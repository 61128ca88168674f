"""The job that makes exports and takes them away after a day: what `messaging.personal.worker` has done."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

from chatproject.errors import StoreUnavailable
from chatproject.file_errors import FileStoreUnavailable
from messaging.files.storage.naming import export_name
from messaging.files.storage.places import Growing
from messaging.files.storage.store import FileStore
from messaging.personal.exports import asking
from messaging.personal.exports.asking import Claim
from messaging.personal.exports.making import Maker
from messaging.personal.exports.text_parts import Order
from messaging.store.database import Database

T = TypeVar("T")

TIDY_INTERVAL_S = 30.0
RENEWED_EVERY_S = 30.0
AGAIN_AFTER_S = (1.0, 2.0, 4.0, 8.0, 15.0)  # in all well below `asking.HELD_FOR`


def now_utc() -> datetime:
    return datetime.now(UTC)


class ExportJob:
    """See worker.Job. One export at a time; what a step has begun the next goes on with."""

    name = "export"

    def __init__(self, *, database: Database, store: FileStore, clock: Callable[[], datetime] = now_utc) -> None:
        self._database, self._store, self._clock = database, store, clock
        self._holder = uuid4().hex
        self._making: AsyncGenerator[None] | None = None
        self._tidied_at: datetime | None = None

    async def step(self) -> bool:
        if self._making is None:
            await self._tidy()
            claimed = await self._database.run(asking.claim, holder=self._holder, now=self._clock())
            if claimed is None:
                return False
            self._making = self._make(claimed)
        try:
            await anext(self._making)
        except StopAsyncIteration:
            self._making = None
        except BaseException:
            self._making = None
            raise
        return True

    # --- making

    async def _make(self, claimed: Claim) -> AsyncGenerator[None]:
        """Until it can be had. Raises what could not be done; then it is tried again later."""
        try:
            growing = await self._store.run_long(self._store.place.begin, export_name(claimed.key))
            try:
                async with aclosing(self._write(claimed, growing)) as steps:
                    async for _step in steps:
                        yield
            finally:
                with suppress(RuntimeError):  # the process ends, and the store's threads have
                    await self._store.run_long(growing.discard)
        except (StoreUnavailable, FileStoreUnavailable):
            await self._put_back(claimed, is_counted=False)
            raise
        except Exception:
            await self._put_back(claimed, is_counted=True)
            raise

    async def _write(self, claimed: Claim, growing: Growing) -> AsyncGenerator[None]:
        order = Order(claimed.member_id, claimed.language, self._clock())
        maker = Maker(order, growing, read=self._read, store=self._store)
        renewed = self._clock()
        async with aclosing(maker.make()) as steps:
            async for _step in steps:
                yield
                if (self._clock() - renewed).total_seconds() > RENEWED_EVERY_S:
                    if not await self._renew(claimed):
                        return  # it ended: its member was erased
                    renewed = self._clock()
        if await self._renew(claimed):
            await self._store.run_long(growing.finish)
            await self._hand_over(claimed, size=maker.size)

    async def _read(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """As Database.run, with patience: what was made so far is not thrown away because a moment was bad."""
        for wait_s in AGAIN_AFTER_S:
            try:
                return await self._database.run(function, *args, **kwargs)
            except StoreUnavailable:
                await asyncio.sleep(wait_s)
        return await self._database.run(function, *args, **kwargs)

    async def _renew(self, claimed: Claim) -> bool:
        return await self._read(asking.renew, claimed, holder=self._holder, now=self._clock())

    async def _hand_over(self, claimed: Claim, *, size: int) -> None:
        is_kept = await self._read(asking.finish, claimed, holder=self._holder, size=size, now=self._clock())
        if not is_kept:  # it ended in this moment
            await self._store.delete([export_name(claimed.key)])

    async def _put_back(self, claimed: Claim, *, is_counted: bool) -> None:
        with suppress(StoreUnavailable):  # then it is found when nobody has renewed it
            await self._read(
                asking.put_back, claimed, holder=self._holder, now=self._clock(), is_counted=is_counted
            )

    # --- taking away

    async def _tidy(self) -> None:
        now = self._clock()
        if self._tidied_at is not None and (now - self._tidied_at).total_seconds() < TIDY_INTERVAL_S:
            return
        self._tidied_at = now
        while over := await self._database.run(asking.end_due, now=now):
            await self._store.delete([export_name(key) for key in over.values()])
            await self._database.run(asking.taken_away, list(over))
        await self._database.run(asking.forget_old, now=now)
