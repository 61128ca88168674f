"""The background job that deletes what is kept for a time only. See `ageing`, `rooms.moderation.pruning`."""

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from messaging.personal.ageing import KEPT, ROWS_AT_ONCE, delete_earlier_texts, delete_some, empty_deleted
from messaging.personal.ending_holds import end_some_records
from messaging.store.database import Database
from rooms.moderation.pruning import chains_behind, prune_chain

LOOK_INTERVAL_S = 3_600.0
TEXTS_LOOK_INTERVAL_S = 86_400.0  # through all messages
FIRST_LOOK_WITHIN_S = 60.0  # processes that began together do not look at one moment
HOLDS_LOOK_INTERVAL_S = 10.0

Do = Callable[..., Any]


class ForgetOld:
    """`also` is of other apps: each deletes some at that moment (`now`), and returns how many."""

    name = "forget what is old"

    def __init__(
        self,
        *,
        database: Database,
        also: Iterable[Callable[..., int]] = (),
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._database, self._also, self._clock = database, list(also), clock
        self._at: dict[str, float] = {}  # when to look again, by the loop
        self._left: Iterator[Do] = iter(())  # to do, until each has nothing more
        self._current: Do | None = None
        self._message = self._room = 0  # behind which to look
        self._chains: list[int] = []  # of the audit log, with old entries

    async def step(self) -> bool:
        """See Job."""
        if self._is_time("holds", HOLDS_LOOK_INTERVAL_S, first_within=0) and await self._end_holds():
            self._at["holds"] = 0  # there is more
            return True
        if self._current is None:
            self._current = next(self._left, None)
        if self._current is not None:
            if not await self._current():
                self._current = None
            return True
        if self._is_time("rows", LOOK_INTERVAL_S):
            self._left = iter([*(partial(self._delete, delete_some, one) for one in KEPT), *self._others()])
            return True
        if self._message or self._is_time("texts", TEXTS_LOOK_INTERVAL_S):
            return await self._empty_texts()
        return False

    def _others(self) -> list[Do]:
        others = [partial(self._delete, one) for one in (delete_earlier_texts, *self._also)]
        return [*others, self._prune]

    def _is_time(self, what: str, interval_s: float, *, first_within: float | None = None) -> bool:
        now = asyncio.get_running_loop().time()
        within = FIRST_LOOK_WITHIN_S if first_within is None else first_within
        if now < self._at.setdefault(what, now + random.uniform(0, within)):  # noqa: S311
            return False
        self._at[what] = now + interval_s
        return True

    async def _delete(self, do: Do, *what: Any) -> bool:
        return bool(await self._database.run(do, *what, now=self._clock()) >= ROWS_AT_ONCE)

    async def _end_holds(self) -> bool:
        return bool(await self._database.run(end_some_records, now=self._clock()))

    async def _empty_texts(self) -> bool:
        last = await self._database.run(empty_deleted, after=self._message, now=self._clock())
        self._message = last or 0
        return last is not None

    async def _prune(self) -> bool:
        """Some of a chain of the audit log, or the next chains looked at. True: there is more."""
        if self._chains:
            if not await self._database.run(prune_chain, room_id=self._chains[0], now=self._clock()):
                self._chains.pop(0)
            return bool(self._chains or self._room)
        rooms, last = await self._database.run(chains_behind, after=self._room, now=self._clock())
        self._chains, self._room = list(rooms), last or 0
        return bool(rooms) or last is not None
