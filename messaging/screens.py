"""What a process looks at texts by, kept up to date: anew when it is told so, and when a look finds a change."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chatproject.errors import ChatError, StoreUnavailable
from chatproject.limits.buckets import KeyedBuckets
from chatproject.limits.shared import SharedLimits
from chatproject.room_errors import MessageHeld
from chatproject.seldom import Seldom
from messaging.delivery.notices import Notice
from messaging.delivery.teller import Teller
from messaging.limits import Limits
from messaging.moderation.filtering import read_filters, read_state
from messaging.moderation.flood import Flood
from messaging.moderation.reporting import report_by_filter
from messaging.moderation.screening import Screen, Verdict
from messaging.moderation.waiting import managers_of, waiting_in
from messaging.store.acts import Act, EditAct
from messaging.store.database import ANSWER_DEADLINE_S, RETRY_AFTER_S, Database
from messaging.store.drafts import Draft, Stored

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 3.0  # after which every process has a changed rule whose notice was lost
LOGGED_AGAIN_S = 60.0
LOOK_AGAIN_S = 0.5  # after a failure, while nothing is known


class Screens:
    """One per process. Nothing is said before the rules were read once."""

    def __init__(self, *, database: Database, limits: Limits, shared: SharedLimits, teller: Teller) -> None:
        self._database, self._teller = database, teller
        self._telling = set[asyncio.Task[None]]()
        counter = shared.counter("flood")
        flood = Flood(counter.count, most=limits.flood_repeats, window_s=60 * limits.flood_minutes)
        self._screen = Screen(flood)
        self._seldom = Seldom()  # a filter that is broken is so for every text
        self._lately = KeyedBuckets(rate=1 / LOGGED_AGAIN_S, burst=1)
        self._state: Mapping[str, object] | None = None
        self._read_once = asyncio.Event()
        self.are_known = False
        self._now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_up(), name="screens")

    async def stop(self) -> None:
        tasks = [*self._telling, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def ready(self) -> None:
        """Return once the rules are known, which is nearly always at once. Raises StoreUnavailable."""
        if self.are_known:
            return
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await self._read_once.wait()
        except TimeoutError:
            raise StoreUnavailable(retry_after=RETRY_AFTER_S) from None

    def look(self, room_id: int, member_id: int, text: str, *, client_id: str | None = None) -> Verdict | None:
        """What stands against a text, if anything. What is said, by its client id, is counted for floods."""
        try:
            verdict = self._screen.look(room_id, member_id, text, client_id=client_id)
        except Exception as error:  # said all the same: a broken filter must not silence a site
            if self._seldom.may_say(type(error).__name__):
                logger.error("a text could not be looked at by the filter: %s", type(error).__name__)  # noqa: TRY400 - a traceback may quote it
            return None
        return verdict and self._noted(member_id, verdict)

    async def seen(self, room_id: int, member_id: int, text: str) -> Verdict | None:
        """The same, as soon as the rules are known, of what stands beside a message. Raises StoreUnavailable."""
        await self.ready()
        return self.look(room_id, member_id, text)

    def pass_words(self, room_id: int, text: str) -> bool:
        """Whether no rule refuses or holds words that no member chose. What cannot be looked at does not pass."""
        try:
            return self._screen.passes(room_id, text)
        except Exception as error:
            if self._seldom.may_say(type(error).__name__):
                logger.error("words could not be looked at by the filter: %s", type(error).__name__)  # noqa: TRY400
            return False

    def looked_at(self, act: Act) -> Act:
        """An edit with what stands against its text; any other act as it is."""
        if not isinstance(act, EditAct) or act.member_id is None:
            return act
        verdict = self.look(act.room_id, act.member_id, act.contents)
        return replace(act, verdict=verdict) if verdict else act

    def _noted(self, member_id: int, verdict: Verdict) -> Verdict:
        """The verdict; no news where the same rule stopped the member just now, so that nobody fills the log."""
        now = asyncio.get_running_loop().time()
        is_news = not self._lately.take((member_id, verdict.rule_id, verdict.action), now)
        return verdict._replace(is_news=is_news)

    def read_anew(self) -> None:
        """The rules were changed."""
        self._state = None
        self._now.set()

    def tell_changed(self) -> None:
        """The rules were changed: every process is to read them."""
        self.read_anew()
        self._teller.relay.publish(Notice(room_id=0, kind="screens"))

    # --- managers

    def see_refusal(self, draft: Draft, error: BaseException) -> None:
        """Managers of the room are told if it is held."""
        if isinstance(error, MessageHeld):
            self.tell_waiting(draft.room_id)

    def report(self, verdict: Verdict, stored: Stored) -> None:
        """Of what is only flagged a case is opened."""
        if verdict.action == "flag" and not stored.duplicate:
            room_id, seq = stored.message.room_id, stored.message.seq
            self._soon(self._open_case(room_id, seq, verdict.matched))

    async def _open_case(self, room_id: int, seq: int, found: str) -> None:
        """Where the store is away now the log has it, and no case."""
        try:
            now = datetime.now(UTC)
            await self._database.run(report_by_filter, room_id=room_id, seq=seq, found=found, now=now)
        except ChatError:
            logger.warning("what the filter flagged was not reported", extra={"room": room_id})
        else:
            await self._tell_waiting(room_id)

    def tell_waiting(self, room_id: int) -> None:
        """Tell the room's managers, soon, how much waits for them there."""
        self._soon(self._tell_waiting(room_id))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="tell-waiting")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_waiting(self, room_id: int) -> None:
        try:
            managers = await self._database.run(managers_of, room_id=room_id)
            waiting = await self._database.run(waiting_in, room_id=room_id)
        except StoreUnavailable:
            return  # REST says it again
        self._teller.tell_members(managers, waiting)

    # --- rules

    async def _keep_up(self) -> None:
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self._read()
            except ChatError:
                logger.warning("the filter's rules were not read: the store is not reachable")
            except Exception:
                logger.exception("the filter's rules were not read")
            # whoever changes rules all the time takes half of a thread at most; nearly always this is nothing
            await asyncio.sleep(min(asyncio.get_running_loop().time() - begun, LOOK_AGAIN_S))
            pause_s = LOOK_INTERVAL_S if self._read_once.is_set() else LOOK_AGAIN_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._now.wait()
            except TimeoutError:
                pass
            self._now.clear()

    async def _read(self) -> None:
        state = await self._database.run(read_state)  # before the rules: what changes meanwhile is read again
        if state != self._state:
            self._screen.filters = await self._database.run(read_filters)
            self._state = state
        self._read_once.set()
        self.are_known = True
