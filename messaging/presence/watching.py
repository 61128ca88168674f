"""Who watches whom at this process, and telling them: what is asked for at once, changes about once a second.

Whether somebody may know is read anew whenever they are told. So who left the last room that they shared with a
member hears nothing more of them, from the moment on at which the leaving is committed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chatproject.errors import StoreUnavailable, TooManyRequests
from chatproject.limits.buckets import KeyedBuckets
from messaging.delivery.hub import Hub
from messaging.delivery.sessions import Session
from messaging.presence.knowing import Known, known_to_each, who_hide, who_is_told
from messaging.presence.presence import Presence, Seen
from messaging.store.database import Database
from messaging.wire import protocol
from messaging.wire.client_frames import Watch
from messaging.wire.framing import Batch
from messaging.wire.protocol import MemberPresence, encode
from messaging.wire.times import wire_time

logger = logging.getLogger(__name__)

TELL_INTERVAL_S = 1.0
SWEEP_INTERVAL_S = 30.0  # for what notices lost
MEMBERS_PER_READ = 200
WATCHES_BURST = 10  # of a member's clients; then one a second
WATCHES_PER_READ = 20  # some hundredths of a second of one database thread
AWAY: Seen = (False, None)


class _Asked(NamedTuple):
    """A `watch` that is not answered yet."""

    frame: Watch
    refuse: Callable[[Exception], None]


class Watching:
    """One per process, with its Presence; `tell` has who watches some members told here and elsewhere.

    All who watch a member are told the same, so it is kept once what that was.
    """

    def __init__(
        self, *, database: Database, hub: Hub, urls: Sequence[str], tell: Callable[[Collection[int]], None]
    ) -> None:
        self._database, self._hub = database, hub
        self.presence = Presence(hub=hub, urls=urls, told=tell)
        self._watchers: dict[int, dict[Session, None]] = {}
        self._told: dict[int, bool] = {}  # whether they were said to be online
        self._due: set[int] = set()
        self._news = asyncio.Event()
        self._watches = KeyedBuckets(rate=1, burst=WATCHES_BURST)
        self._asked: dict[Session, _Asked] = {}
        self._reading: asyncio.Task[None] | None = None  # of what was asked
        self._teller: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop."""
        self.presence.start()
        self._teller = asyncio.create_task(self._tell_forever(), name="presence-teller")

    async def stop(self) -> None:
        tasks = [task for task in (self._teller, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.presence.stop()

    def standing(self) -> dict[str, float]:
        """For the metrics."""
        return {
            "members_here": len(self.presence.here),
            "members_watched": len(self._watchers),
            "presence_up": self.presence.is_up,
        }

    # --- who watches

    def watch(self, session: Session, frame: Watch, *, refuse: Callable[[Exception], None]) -> None:
        """Let the session watch these members of whom it may know, and answer it how it is with them now.

        It does not wait for that, nor do those who read messages: of all who ask, after a restart say, only so
        many are looked up at a time. Raises TooManyRequests.
        """
        if wait_s := self._watches.take(session.member_id, time.monotonic()):
            raise TooManyRequests(retry_after=round(wait_s, 3))
        if (before := self._asked.pop(session, None)) is not None:
            self._push_answer(session, protocol.Ok(id=before.frame.id))  # this one comes in its place
        self._asked[session] = _Asked(frame, refuse)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_asked(), name="presence-watches")

    async def _read_asked(self) -> None:
        try:
            while self._asked:
                batch = {one: self._asked.pop(one) for one in list(self._asked)[:WATCHES_PER_READ]}
                try:
                    await self._begin(batch)
                except Exception as error:
                    for asked in batch.values():
                        asked.refuse(error)
        finally:
            self._reading = None

    async def _begin(self, batch: Mapping[Session, "_Asked"]) -> None:
        asked = [(session.member_id, one.frame.member_ids) for session, one in batch.items()]
        all_known = await self._database.run(known_to_each, asked)
        for session, known in zip(batch, all_known, strict=True):
            if session.is_open:
                self._set(session, known.member_ids)
        seen = await self.presence.of(set[int]().union(*(known.member_ids for known in all_known)))
        for (session, one), known in zip(batch.items(), all_known, strict=True):
            # a socket that is being closed watches as before
            for member_id in session.watched.intersection(known.member_ids) - known.hidden_ids:
                if self._told.setdefault(member_id, seen[member_id][0]) != seen[member_id][0]:
                    self.hear([member_id])
            self._push_answer(session, protocol.Ok(id=one.frame.id))
            self._push_answer(session, protocol.Presence(members=tuple(_all_shown(known, seen))))

    def _push_answer(self, session: Session, frame: protocol.ServerFrame) -> None:
        session.push_text(encode(frame))
        self._hub.sent["answer"] += 1

    def go(self, session: Session) -> None:
        """The session ended, and the hub has forgotten it."""
        self._asked.pop(session, None)
        self._set(session, frozenset())
        self.presence.go(session)

    async def shown(self, known: Known) -> list[MemberPresence]:
        """How it is with these members, as it is shown to whoever may know so much."""
        return _all_shown(known, await self.presence.of(known.member_ids))

    def _set(self, session: Session, member_ids: Collection[int]) -> None:
        for member_id in session.watched.difference(member_ids):
            watchers = self._watchers[member_id]
            del watchers[session]
            if not watchers:
                del self._watchers[member_id]
                self._told.pop(member_id, None)
        for member_id in member_ids:
            self._watchers.setdefault(member_id, {})[session] = None
        session.watched = frozenset(member_ids)

    # --- telling

    def hear(self, member_ids: Iterable[int]) -> None:
        """These members came or went, somewhere, or hide it from now on or no longer."""
        due = [member_id for member_id in member_ids if member_id in self._watchers]
        if due:
            self._due.update(due)
            self._news.set()

    async def _tell_forever(self) -> None:
        loop = asyncio.get_running_loop()
        sweep_at = loop.time() + SWEEP_INTERVAL_S
        while True:
            try:
                async with asyncio.timeout_at(sweep_at):
                    await self._news.wait()
            except TimeoutError:
                sweep_at = loop.time() + SWEEP_INTERVAL_S
                self._due.update(self._watchers)
            self._news.clear()
            due, self._due = sorted(one for one in self._due if one in self._watchers), set()
            for start in range(0, len(due), MEMBERS_PER_READ):
                await self._try(due[start : start + MEMBERS_PER_READ])
            if self._due:
                self._news.set()
            await asyncio.sleep(TELL_INTERVAL_S)

    async def _try(self, due: list[int]) -> None:
        try:
            await self._tell(due)
        except StoreUnavailable:
            self._due.update(due)
        except Exception:
            logger.exception("telling who came online failed; the next sweep tries again")

    async def _tell(self, due: Collection[int]) -> None:
        seen, is_settled = await self.presence.settled(due)
        hidden = await self._database.run(who_hide, member_ids=due)
        changed: dict[int, Seen] = {}
        for member_id in due:
            now = AWAY if member_id in hidden else seen[member_id]
            if now[0] == self._told.get(member_id):
                continue
            if not is_settled and not now[0]:
                self._due.add(member_id)  # who knows
                continue
            changed[member_id] = now
        texts: dict[Session, list[MemberPresence]] = {}
        for member_id, now in changed.items():
            for session in await self._who_hears(member_id):
                texts.setdefault(session, []).append(_shown(member_id, now))
        # now that nothing can come in between: else what was not told would count as told
        self._told |= {one: now[0] for one, now in changed.items() if one in self._watchers}
        self._push(texts)

    async def _who_hears(self, member_id: int) -> list[Session]:
        """Those who watch the member and may know by now."""
        watchers = list(self._watchers.get(member_id, ()))
        others = {session.member_id for session in watchers}
        told = await self._database.run(who_is_told, member_id=member_id, others=others) if others else set()
        return [session for session in watchers if session.member_id in told and member_id in session.watched]

    def _push(self, told: Mapping[Session, list[MemberPresence]]) -> None:
        for session, members in told.items():
            session.push_ephemeral(Batch((encode(protocol.Presence(members=tuple(members))),)))
        self._hub.sent["ephemeral"] += len(told)


def _all_shown(known: Known, seen: Mapping[int, Seen]) -> list[MemberPresence]:
    return [_shown(one, AWAY if one in known.hidden_ids else seen[one]) for one in sorted(known.member_ids)]


def _shown(member_id: int, seen: Seen) -> MemberPresence:
    is_online, seen_at = seen
    return MemberPresence(member_id=member_id, online=is_online, last_seen_at=_to_the_minute(seen_at))


def _to_the_minute(moment: datetime | None) -> str | None:
    """More is nobody's business."""
    return None if moment is None else wire_time(moment.replace(second=0, microsecond=0))
