"""Who is online and who looks, over all processes: asked here, told by whoever changes it.

What is at this process is known at once. What is elsewhere is asked of Redis, which each process tells about once
a second: so an answer may be a second old, and of a client that never says `look` LOOKS_AGAIN_S more. Where Redis
is away, and in a process without one, what this process knows is the answer.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial

from chatproject.limits.shards import Shard
from messaging.delivery.hub import Hub
from messaging.delivery.sessions import Session
from messaging.presence import script
from messaging.presence.asking import Answer, Asking
from messaging.presence.here import GRACE_S, Here
from messaging.presence.register import Register
from messaging.presence.script import Entry

logger = logging.getLogger(__name__)

BEAT_S = 1.0
FORGOTTEN_AGAIN_AFTER_S = GRACE_S + 5.0
LOOKS_AGAIN_S = 5.0  # how often it is told that clients that never say `look` did something
KEY = "chat:{deployment}:presence"

Seen = tuple[bool, datetime | None]  # whether they are online; else since when they are not, None: unknown


class Presence:
    """One per process. `told` is called with the members who came or went, here or at a process that died."""

    def __init__(self, *, hub: Hub, urls: Sequence[str], told: Callable[[Collection[int]], None]) -> None:
        self._hub, self._told = hub, told
        self.here = Here(hub.sessions_of)
        self._shards = [Shard(url, script.ERRAND) for url in urls]
        self._registers: list[Register] = []  # none before the deployment has its name
        self._askings: list[Asking] = []
        self._news: set[int] = set()  # where there is no Redis
        self._looks_told_at = time.monotonic()
        self._beating: asyncio.Task[None] | None = None

    def name(self, deployment: str) -> None:
        """Say which deployment the process belongs to. From now on Redis is told and asked."""
        if self._registers:
            return
        key = KEY.format(deployment=deployment)
        for place, shard in enumerate(self._shards):
            part = partial(self._part, place)
            register = Register(key, shard, self.here, part=part, told=self._told)
            self._registers.append(register)
            self._askings.append(Asking(key, shard, numbers=register.numbers))

    def start(self) -> None:
        """Start on the running loop."""
        self._beating = asyncio.create_task(self._beat_forever(), name="presence")

    async def stop(self) -> None:
        """Members have their time to come back at another process before they count as gone."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
        for register in self._registers:
            register.end()
        await asyncio.gather(*(shard.stop() for shard in self._shards))

    @property
    def is_up(self) -> bool:
        """Whether no Redis that should know who is online is away."""
        return not any(shard.is_away for shard in self._shards)

    # --- what sockets do

    def come(self, session: Session) -> None:
        """The session began."""
        self._note(session.member_id, is_news=self.here.come(session.member_id))

    def go(self, session: Session) -> None:
        """The session ended, and the hub has forgotten it."""
        self.here.go(session, now=time.monotonic(), seen_at=time.time())
        self._note(session.member_id, is_news=False)

    def look(self, session: Session, *, is_on: bool) -> None:
        """Somebody looks at this client, or does no more."""
        if is_on != session.looks:
            session.looks, session.looked_at = is_on, time.monotonic()
            self._note(session.member_id, is_news=False)

    def forget(self, member_id: int) -> None:
        """Of who was erased nobody is told any more when they were here last. Once more when other processes, too,
        hold them for gone: those write it down then.
        """
        self._forget(member_id)
        asyncio.get_running_loop().call_later(FORGOTTEN_AGAIN_AFTER_S, self._forget, member_id)

    def _forget(self, member_id: int) -> None:
        self.here.forget(member_id)
        if self._registers:
            self._registers[self._place(member_id)].forget(member_id)

    # --- what others ask

    async def looked_within(self, member_ids: Collection[int], seconds: float) -> set[int]:
        """Those of the members who have looked at a client anywhere within so many seconds (LOOKS_KEPT_S at most).

        A client that says `look` is looked at until it says otherwise or ends; another one when it sends anything
        but `ping` and `auth`. 0 asks who looks now, of those who say `look`. Waits 0.1 s at most, nearly always
        a millisecond.
        """
        now = time.monotonic()
        found = {one for one in member_ids if now - self.here.looked_at(one, now) <= seconds}
        entries = (await self._ask(set(member_ids) - found)).entries
        return found | {one for one, entry in entries.items() if entry.looked_ago_s <= seconds}

    async def of(self, member_ids: Collection[int]) -> dict[int, Seen]:
        """Of each member whether they have a socket anywhere, or had one a moment ago; else when they had one.

        Whoever shows it to members asks `knowing` before whether they may know. Waits as `looked_within`.
        """
        return (await self.settled(member_ids))[0]

    async def settled(self, member_ids: Collection[int]) -> tuple[dict[int, Seen], bool]:
        """The same, and whether every process was asked: else who seems away may be online elsewhere."""
        answer = await self._ask({one for one in member_ids if one not in self.here})
        return {one: self._seen(one, answer) for one in member_ids}, answer.is_settled

    def _seen(self, member_id: int, answer: Answer) -> Seen:
        entry = answer.entries.get(member_id)
        if member_id in self.here or (entry is not None and entry.is_online):
            return True, None
        gone = self.here.gone(member_id)
        seen_at = max(gone.seen_at if gone else 0.0, entry.seen_ms / script.MILLISECONDS if entry else 0.0)
        return False, datetime.fromtimestamp(seen_at, UTC) if seen_at else None

    async def _ask(self, member_ids: Iterable[int]) -> Answer:
        parts: list[set[int]] = [set() for _asking in self._askings]
        for member_id in member_ids if parts else ():
            parts[self._place(member_id)].add(member_id)
        pairs = zip(self._askings, parts, strict=True)
        entries: dict[int, Entry] = {}
        is_settled = len(self._askings) == len(self._shards)
        for answer in await asyncio.gather(*(asking.ask(part) for asking, part in pairs)):
            if answer is not None:
                entries |= answer.entries
            is_settled = is_settled and answer is not None and answer.is_settled
        return Answer(entries, is_settled)

    # --- its beat

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                self._beat(time.monotonic())
            except Exception:
                logger.exception("telling who is online failed; the next beat tries again")

    def _beat(self, now: float) -> None:
        for member_id in self.here.see_off(now):
            self._note(member_id, is_news=True)
        if now - self._looks_told_at >= LOOKS_AGAIN_S:
            for member_id in self._hub.members_who_did_something(since=self._looks_told_at):
                self._note(member_id, is_news=False)
            self._looks_told_at = now
        for register in self._registers:
            register.write()
        if self._news and (self._registers or not self._shards):
            news, self._news = self._news, set()
            self._told(news)

    def _note(self, member_id: int, *, is_news: bool) -> None:
        if self._registers:
            self._registers[self._place(member_id)].note(member_id, is_news=is_news)
        elif is_news:
            self._news.add(member_id)

    def _place(self, member_id: int) -> int:
        return member_id % len(self._registers)

    def _part(self, place: int) -> Iterable[int]:
        return [member_id for member_id in self.here if self._place(member_id) == place]
