"""The job that carries erasures out, one step after another; for the worker of each process, and for the command.

Each step is found anew from what is there, so that whoever goes on after a process died begins where that one was.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import uuid4

from django.utils import timezone

from chatproject.access.revoking import Revoked
from chatproject.errors import MessageNotFound
from messaging.files.ending import ends
from messaging.files.ending.ends import Ending
from messaging.files.storage.naming import names_of
from messaging.files.storage.store import FileStore
from messaging.personal.erasing import orders
from messaging.personal.erasing.exported import EXPORTS
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.erasing.places import PLACES
from messaging.personal.erasing.progress import add_counts, counts_of
from messaging.personal.erasing.rows import ROWS, are_rows_left
from messaging.personal.erasing.said import MENTIONS, MESSAGES, REACTIONS, there_of
from messaging.personal.erasing.sent import FILES
from messaging.personal.erasing.traces import CALLS, EVIDENCE, LOG_LINES, SIGNATURES, begin_signatures_again
from messaging.personal.retaining import delete_beginning
from messaging.personal_models import Erasure
from messaging.store.acts import Act
from messaging.store.database import Database
from messaging.store.drafts import Stored
from rooms.services import RosterChange

KEPT_OUT_EVERY_S = 10.0

Save = Callable[[Act], Awaitable[Stored]]


class Teller(Protocol):
    """What this needs of the chat server."""

    def tell_left(self, change: RosterChange) -> None: ...
    def tell_revoked(self, revoked: Revoked) -> None: ...
    def forget_presence(self, member_id: int) -> None: ...


def phases(also: Iterable[Phase] = ()) -> tuple[Phase, ...]:
    """In their order. `also`: of other apps, which are before what the models' words suffice for."""
    return (
        PLACES,
        *also,
        MESSAGES,
        REACTIONS,
        MENTIONS,
        FILES,
        ROWS,
        EVIDENCE,
        CALLS,
        LOG_LINES,
        EXPORTS,
        SIGNATURES,
    )


class Eraser:
    """`save` stores an act as the writer does; `also` are phases of other apps."""

    name = "erasure"

    def __init__(
        self,
        *,
        database: Database,
        store: FileStore,
        save: Save,
        teller: Teller,
        also: Iterable[Phase] = (),
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._database, self._store, self._save, self._teller, self._clock = database, store, save, teller, clock
        self._phases = phases(also)
        self._holder = uuid4().hex
        self._kept_out_at: dict[int, float] = {}  # by order, in monotonic seconds

    async def step(self) -> bool:
        """Whether there is more to do now."""
        order = await self._database.run(orders.claim, holder=self._holder)
        if order is None:
            self._kept_out_at.clear()
            return False
        try:
            return await self._go_on(order)
        finally:
            await asyncio.shield(self._database.run(orders.let_go, erasure_id=order.pk, holder=self._holder))

    async def _go_on(self, order: Erasure) -> bool:
        erased = Erased(order.pk, order.member_id, self._clock())
        if time.monotonic() - self._kept_out_at.get(order.pk, float("-inf")) > KEPT_OUT_EVERY_S:
            self._kept_out_at[order.pk] = time.monotonic()
            revoked = await self._database.run(orders.keep_out, member_id=order.member_id, now=erased.now)
            self._teller.tell_revoked(revoked)
        if "_begun" not in counts_of(order):
            await self._database.run(_count_all, self._phases, erased)
        part = await self._database.run(_take, self._phases, erased)
        if part is None:
            return await self._end(erased)
        if part.acts:
            await self._database.run(begin_signatures_again, order)
        await self._carry_out(part, erased)
        return not part.waits

    async def _carry_out(self, part: Part, erased: Erased) -> None:
        for change in part.left:
            self._teller.tell_left(change)
        if await self._have_done(part.acts, erased.now):
            return
        if part.files:
            await self._take_away(dict(part.files))
        if part.objects:
            await self._store.delete(part.objects)
        if part.then is not None:
            await self._database.run(part.then)

    async def _have_done(self, acts: Sequence[Act], now: datetime) -> bool:
        """Returns whether some are about messages before the rooms' beginnings: nobody changes those, so they are
        deleted at once, before anything else is looked for. Of one that is not there at all, which may have gone
        by the main server's SQL, there is nothing to be taken out: that is done."""
        outcomes = await asyncio.gather(*map(self._save, acts), return_exceptions=True)
        failed = {
            (act.room_id, act.seq): outcome
            for act, outcome in zip(acts, outcomes, strict=True)
            if isinstance(outcome, BaseException)
        }
        if lost := [failure for failure in failed.values() if not isinstance(failure, MessageNotFound)]:
            raise lost[0]
        old = await self._database.run(there_of, failed) if failed else {}
        for room_id, failure in {room_id: failed[room_id, seq] for room_id, seq in old}.items():
            if not await self._database.run(delete_beginning, room_id=room_id, now=now):
                raise failure
        return bool(old)

    async def _take_away(self, files: dict[int, str]) -> None:
        """Where the store is away the sweeper does it later: the rows say that they are gone."""
        await self._store.delete([name for key in files.values() for name in names_of(key)])
        ending = Ending(removed=files, expired={}, messages=frozenset())
        await self._database.run(ends.finish, ending, now=self._clock())

    async def _end(self, erased: Erased) -> bool:
        is_anything_left = partial(_is_anything_left, self._phases)
        revoked = await self._database.run(
            orders.end, erasure_id=erased.erasure_id, is_anything_left=is_anything_left, now=self._clock()
        )
        if revoked is not None:
            self._teller.tell_revoked(revoked)
            self._teller.forget_presence(erased.member_id)
        return True


def _count_all(phases: Sequence[Phase], erased: Erased) -> None:
    """How much there is before any of it goes. `_begun`: it was counted."""
    counts = {phase.name: phase.count(erased.member_id) for phase in phases if phase.count is not None}
    add_counts(erased.erasure_id, {"_begun": 1, **counts})


def _take(phases: Sequence[Phase], erased: Erased) -> Part | None:
    """Some of the first that there is anything of."""
    for phase in phases:
        if (part := phase.take(erased)) is not None:
            return part
    return None


def _is_anything_left(phases: Sequence[Phase], member_id: int) -> bool:
    counted = any(phase.count(member_id) for phase in phases if phase.count is not None)
    return counted or are_rows_left(member_id)
