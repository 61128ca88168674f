"""Which epoch of the database this process is in, and what shows that another one has to begin. See store.epochs.

Proof is only what this process saw itself: a room that it knew at some version is at an earlier one, read after
that. What clients say of versions proves nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial

from chatproject.errors import StoreUnavailable
from messaging.delivery.hub import Hub
from messaging.store.database import Database
from messaging.store.epochs import Reached, begin_epoch, begin_epoch_if_fallen, current_epoch
from messaging.store.selectors import RoomState

logger = logging.getLogger(__name__)


class Epochs:
    """`begin_anew` is called when this process comes into another epoch than it was in, `tell` when it made it."""

    def __init__(
        self, *, database: Database, hub: Hub, begin_anew: Callable[[], None], tell: Callable[[], None]
    ) -> None:
        self._database, self._hub, self._begin_anew, self._tell = database, hub, begin_anew, tell
        self.current = ""  # until it is known
        self._past: set[str] = set()
        self._doubted: dict[int, Reached] = {}
        self._is_proven = False
        self._settling: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """There is nothing to begin: the sweep looks."""

    async def stop(self) -> None:
        tasks = [task for task in (self._settling, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def ready(self) -> None:
        """Return once it is known, which is nearly always at once. Raises StoreUnavailable."""
        if not self.current:
            await self.look()

    async def look(self) -> None:
        """Find out whether another one began. Raises StoreUnavailable."""
        epoch = await self._database.run(current_epoch)
        if epoch in self._past:  # an old backup brought it back
            epoch = await self._database.run(begin_epoch, instead_of=epoch)
            logger.error("the database went backwards: it is in an epoch that was over")
            self._enter(epoch, is_ours=True)
        else:
            self._enter(epoch)
        self._settle_soon()

    def look_soon(self) -> None:
        """Another process says that another one began."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_once(), name="epoch-look")

    async def _look_once(self) -> None:
        try:
            await self.look()
        except StoreUnavailable:
            pass  # the sweep looks again
        except Exception:
            logger.exception("the epoch of the database could not be read; the sweep tries again")

    # --- whether the database went backwards

    def reached(self, room_ids: Collection[int]) -> dict[int, Reached]:
        """How far these rooms were told here by now. What is read of them later is not less."""
        reached = {}
        for room_id in room_ids:
            audience = self._hub.rooms.get(room_id)
            if audience is not None and audience.stream.version is not None:
                reached[room_id] = Reached(audience.stream.version, audience.stream.roster_version)
        return reached

    def compare(self, reached: Mapping[int, Reached], states: Mapping[int, RoomState]) -> None:
        """Doubt where `states`, read after that was `reached`, are behind it."""
        fallen = {
            room_id: one
            for room_id, one in reached.items()
            if (state := states.get(room_id)) is not None
            and one.is_beyond(Reached(state.version, state.roster_version))
        }
        if fallen:
            self.doubt(fallen)

    def doubt(self, reached: Mapping[int, Reached]) -> None:
        """These rooms were that far, and a read that began later says less."""
        self._doubted.update(reached)
        self._settle_soon()

    def prove(self) -> None:
        """A batch was stored under the locks of rooms that had been further before it: there is no doubt."""
        self._is_proven = True
        self._settle_soon()

    def _settle_soon(self) -> None:
        if (self._is_proven or self._doubted) and (self._settling is None or self._settling.done()):
            self._settling = asyncio.create_task(self._settle(), name="epoch-doubt")

    async def _settle(self) -> None:
        """What cannot be settled now waits for the next look: a room that caught up proves nothing more."""
        while self._is_proven or self._doubted:
            before, is_proven, doubted = self.current, self._is_proven, self._doubted
            self._is_proven, self._doubted = False, {}
            begin = (
                partial(begin_epoch, instead_of=before)
                if is_proven
                else partial(begin_epoch_if_fallen, epoch=before, reached=doubted)
            )
            try:
                epoch = await self._database.run(begin)
            except Exception as error:
                if not isinstance(error, StoreUnavailable):  # that is said by others
                    logger.exception("another epoch could not be begun; it is tried again")
                if self.current == before:
                    self._is_proven, self._doubted = self._is_proven or is_proven, doubted | self._doubted
                return
            if self.current == before != epoch:
                logger.error("the database went backwards: everybody begins anew, in another epoch")
                self._enter(epoch, is_ours=True)

    def _enter(self, epoch: str, *, is_ours: bool = False) -> None:
        if epoch == self.current:
            return
        before, self.current = self.current, epoch
        self._is_proven, self._doubted = False, {}
        if before:
            self._past.add(before)
            self._begin_anew()
        if is_ours:
            self._tell()
