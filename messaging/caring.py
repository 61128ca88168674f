"""What a process does for people who may hurt themselves: it looks at texts, and tells whoever is to hear of it.

Each process finds in the database what there is to tell and tells its own sockets: at once where a notice says so,
else within a look, so that neither a lost notice nor a process that died between commit and telling silences it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from chatproject.errors import StoreUnavailable
from messaging.metrics import Metrics
from messaging.moderation.concerns import Raised, newest_concern_id, raised_since
from messaging.moderation.help_lines import Card, read_card
from messaging.moderation.looking import Known, read_known
from messaging.moderation.signals import Lookout, usable_list
from messaging.store.acts import Act, EditAct
from messaging.store.concerning import SAID_IN_VAIN
from messaging.store.database import Database
from messaging.store.services import Draft
from messaging.wire.protocol import ServerFrame
from messaging.wire.room_frames import CareCard, ConcernRaised

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 3.0
LOOK_AGAIN_S = 0.5  # after a failure
STALE_S = 30.0  # a list that old may lack what staff added; longer than a database is away for a moment
SETTLED_S = 60.0  # a transaction with a lower number may commit after one with a higher one, but not so late


class Teller(Protocol):
    """What is needed of the chat server."""

    def tell_members_here(self, member_ids: Collection[int], frame: ServerFrame) -> None:
        """Tell all sockets of these members at this process."""

    def tell_care(self) -> None:
        """Have all other processes look for what there is to tell."""


class Care:
    """One per process. Whoever stores a concern calls `tell`."""

    def __init__(self, *, database: Database, metrics: Metrics, teller: Teller) -> None:
        self._database, self._metrics, self._teller = database, metrics, teller
        self._lookout = Lookout()
        self.look = self._lookout.look
        self._known: Known | None = None
        self._known_at = 0.0  # loop time
        self._looked = asyncio.Event()  # once: whatever came of it
        self._now = asyncio.Event()
        self._told: dict[int, float] = {}  # concern id -> loop time, of those that are not settled
        self._settled_id: int | None = None
        self._since = datetime.now(UTC)  # what was raised before, others told
        self._task: asyncio.Task[None] | None = None
        self.is_failing = False
        self.open_concerns = 0

    def start(self) -> None:
        """Start on the running loop."""
        self._task = asyncio.create_task(self._watch(), name="care")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def ready(self) -> None:
        """Return once the lists were looked for, found or not: before that every text would count as a failure."""
        if self._task is not None:
            await self._looked.wait()

    # --- texts

    def looked_at(self, act: Act) -> Act:
        """An edit with what was noticed in its text; any other act as it is."""
        if not isinstance(act, EditAct):
            return act
        return replace(act, signal=self.look(act.room_id, act.contents))

    # --- what there is to tell

    def see_refusal(self, draft: Draft, error: BaseException) -> None:
        """What was noticed in a text that is refused is told as well."""
        if draft.signal is not None and draft.signal.source == "words" and isinstance(error, SAID_IN_VAIN):
            self.tell(draft.room_id, draft.signal.source)

    def tell(self, room_id: int, source: str) -> None:
        """A concern was stored: whoever is to hear of it does, on every instance; operators of no word."""
        logger.warning("somebody may need help", extra={"room": room_id, "source": source})
        self._metrics.concerns.labels(source).inc()
        self.look_now()
        self._teller.tell_care()

    def look_now(self) -> None:
        """Something was raised, or the lists changed."""
        self._now.set()

    def tell_changed(self) -> None:
        """The lists were changed: every process is to read them."""
        self.look_now()
        self._teller.tell_care()

    async def _watch(self) -> None:
        while True:
            # each by itself: who cannot look any more still tells that
            are_done = [await self._try(step) for step in (self._look_again, self._tell_new)]
            if all(are_done):
                self._recover()
            self._looked.set()
            try:
                async with asyncio.timeout(LOOK_AGAIN_S if self.is_failing else LOOK_INTERVAL_S):
                    await self._now.wait()
            except TimeoutError:
                pass
            self._now.clear()

    async def _try(self, step: Callable[[], Awaitable[None]]) -> bool:
        try:
            await step()
        except StoreUnavailable:  # for everybody, who then can say nothing either
            self._fail("the store is not reachable", logging.WARNING)
        except Exception as error:
            self._fail(type(error).__name__, logging.ERROR)
        else:
            return True
        return False

    def _fail(self, why: str, level: int) -> None:
        if not self.is_failing:
            logger.log(level, "nobody may be noticed who needs help: %s", why)
        self.is_failing = True
        if self._known is None or asyncio.get_running_loop().time() - self._known_at > STALE_S:
            self._lookout.lose()

    def _recover(self) -> None:
        if self.is_failing:
            logger.warning("people who need help are noticed again")
        self.is_failing = False

    async def _look_again(self) -> None:
        known = await self._database.run(read_known)
        self._known_at = asyncio.get_running_loop().time()
        if known != self._known or self.is_failing:
            is_needed = bool(known.room_ids)  # else nothing is looked for, and no list is missed
            words = await asyncio.to_thread(usable_list, known.words) if is_needed else None
            self._lookout.take(words, known.room_ids)
            self._known = known
        self._metrics.signals_failing.set(self._lookout.is_failing)

    async def _tell_new(self) -> None:
        if self._settled_id is None:
            self._settled_id = await self._database.run(newest_concern_id, before=self._since)
        news = await self._database.run(raised_since, concern_id=self._settled_id)
        self.open_concerns = news.open_count
        self._settle()
        new = [one for one in news.raised if one.concern_id not in self._told]
        if not new:
            return
        card = await self._card()
        for one in new:
            self._tell_here(one, card)
            self._told[one.concern_id] = asyncio.get_running_loop().time()

    def _settle(self) -> None:
        before = asyncio.get_running_loop().time() - SETTLED_S
        for concern_id in sorted(self._told):
            if self._told[concern_id] > before:
                break
            self._settled_id = concern_id
            del self._told[concern_id]

    async def _card(self) -> Card:
        """Empty where it cannot be read: then the page asks for it."""
        try:
            return await self._database.run(read_card)
        except Exception as error:
            logger.error("where people help cannot be read: %s", type(error).__name__)  # noqa: TRY400
            return Card()

    def _tell_here(self, raised: Raised, card: Card) -> None:
        if raised.manager_ids:
            concern = ConcernRaised(
                room_id=raised.room_id,
                concern_id=raised.concern_id,
                source=raised.source,
                seq=raised.seq,
                member_id=raised.member_id,
            )
            self._teller.tell_members_here(raised.manager_ids, concern)
        if raised.has_card:
            assert raised.member_id is not None
            self._teller.tell_members_here(
                [raised.member_id],
                CareCard(
                    room_id=raised.room_id,
                    concern_id=raised.concern_id,
                    text=card.text,
                    text_en=card.text_en,
                    lines=card.lines,
                ),
            )
