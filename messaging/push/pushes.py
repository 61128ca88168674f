"""Notifies those who are away of what was said: a task of its own, behind the commit and behind all who wait.

Only the process that stored a message sees to it, so each is told once however many processes there are; who looks
at the chat, at any of them, is left alone, and asked for once more later where they have not read it.
"""

import asyncio
import logging
import ssl
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from hashlib import sha256

from prometheus_client import CollectorRegistry

from chatproject.errors import StoreUnavailable
from chatproject.outgoing.connecting import GuardedNetwork, tls
from chatproject.push_settings import PushSettings
from chatproject.seldom import Seldom
from messaging.events.composing import AWAY_AFTER_S, STILL_LOOKS_S
from messaging.push.deciding import Browser, Theirs, Wanted, read_theirs, read_wanted, room_names
from messaging.push.delivery import Delivery, Parcel
from messaging.push.gathering import Gathering, Job
from messaging.push.notes import About
from messaging.push.subscriptions import forget
from messaging.push.vapid import Vapid
from messaging.push.wording import words_for
from messaging.store.database import Database
from messaging.store.drafts import Stored

logger = logging.getLogger(__name__)

JOBS_AT_ONCE = 50
MEMBERS_AT_ONCE = 500  # in one query, and in one question of who looks
RETRY_S = 1.0
TICK_S = 0.5

LookedWithin = Callable[[Collection[int], float], Awaitable[set[int]]]


class Pushes:
    """One per process, where the operator set the keys. See `pushes` for its parts."""

    def __init__(self, *, database: Database, looked_within: LookedWithin, delivery: Delivery) -> None:
        self._database, self._looked_within, self.delivery = database, looked_within, delivery
        self._gathering = Gathering()
        self._news = asyncio.Event()
        self._seldom = Seldom()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="pushes")

    async def stop(self) -> None:
        """What waits is not sent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self.delivery.stop()

    def see(self, batch: Sequence[Stored], *, is_behind: bool = False) -> None:
        """These were committed. Returns at once; where the store `is_behind`, nobody is notified."""
        now = time.monotonic()
        for stored in batch:
            if stored.is_new:
                if is_behind or not self._gathering.add(stored.message, now):
                    self.delivery.count("dropped")
                else:
                    self._news.set()

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            while self._gathering:
                await asyncio.sleep(TICK_S)
                await self._try()
            self._news.clear()

    async def _try(self) -> None:
        try:
            while jobs := self._gathering.take(time.monotonic(), most=JOBS_AT_ONCE):
                await self._look(jobs)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_S)  # said by others
        except Exception as error:
            if self._seldom.may_say(type(error).__name__):
                logger.exception("some were not notified")

    async def _look(self, jobs: Sequence[Job]) -> None:
        found = await self._database.run(read_wanted, jobs)
        members = list(dict.fromkeys(wanted.member_id for wanted in found))
        for start in range(0, len(members), MEMBERS_AT_ONCE):
            some = set(members[start : start + MEMBERS_AT_ONCE])
            await self._notify([wanted for wanted in found if wanted.member_id in some], some)

    async def _notify(self, found: Sequence[Wanted], members: Collection[int]) -> None:
        """Those who are away; of the others, those who looked on just when it was said are asked for later."""
        looked = await self._looked_within(members, AWAY_AFTER_S)
        later: dict[Job, set[int]] = defaultdict(set)
        for wanted in found:
            if wanted.job.only is None and wanted.member_id in looked:
                later[wanted.job].add(wanted.member_id)
        notes = self.delivery.notes
        for job, some in later.items():
            self._gathering.add_later(job, some, time.monotonic())
            notes.note_all(some, job.room_id, job.seqs, "looked")
        again = {wanted.member_id for wanted in found if wanted.job.only is not None}
        looks = await self._looked_within(again & looked, STILL_LOOKS_S) if again & looked else set()
        away = [one for one in found if one.member_id not in (looked if one.job.only is None else looks)]
        for wanted in found:
            if wanted.job.only is not None and wanted.member_id in looks:
                notes.note_all([wanted.member_id], wanted.room.pk, wanted.job.seqs, "looks")
        if away:
            names, theirs = await self._database.run(_read, away)
            for wanted in away:
                self._send(wanted, names[wanted.room.pk], theirs)

    def _send(self, wanted: Wanted, room_name: str, theirs: Theirs) -> None:
        browsers = theirs.browsers.get(wanted.member_id, ())
        if not browsers:  # signed out everywhere meanwhile
            self.delivery.notes.note_all([wanted.member_id], wanted.room.pk, wanted.job.seqs, "none")
        for browser in browsers:
            self.delivery.offer(_parcel(wanted, browser, room_name, theirs))


def _read(away: Sequence[Wanted]) -> tuple[dict[int, str], Theirs]:
    names = room_names({wanted.room.pk: wanted.room for wanted in away}.values())
    return names, read_theirs({wanted.member_id for wanted in away})


def _parcel(wanted: Wanted, browser: Browser, room_name: str, theirs: Theirs) -> Parcel:
    unread = theirs.unread[wanted.member_id].messages
    plain = words_for(wanted, room_name=room_name, unread=unread, language=browser.language)
    is_personal = wanted.reason == "mention" or not wanted.room.is_group_chat
    about = About(wanted.member_id, wanted.room.pk, wanted.job.seqs)
    return Parcel(browser, plain, topic_of(wanted.room.pk, browser), "high" if is_personal else "normal", about)


def topic_of(room_id: int, browser: Browser) -> str:
    """32 characters at most, of base64url. By the browser's secret, which its push service does not know: numbers
    alone it would try out, and learn which of its users talk in one room."""
    return sha256(f"{browser.auth} {room_id}".encode()).hexdigest()[:32]


def pushes(
    *,
    database: Database,
    looked_within: LookedWithin,
    settings: PushSettings,
    registry: CollectorRegistry,
    network: GuardedNetwork | None = None,
    trust: Callable[[], ssl.SSLContext] | None = None,
) -> Pushes:
    """With all its parts. Tests have a network that reaches further, and trust an authority of their own."""

    async def forget_browsers(push_ids: Collection[int]) -> None:
        with suppress(StoreUnavailable):  # then it is asked once more
            await database.run(forget, push_ids)

    vapid = Vapid(private_key=settings.private_key, subject=settings.subject, now=time.time)
    delivery = Delivery(
        vapid=vapid,
        network=network or GuardedNetwork(allowed=()),
        tls=trust or tls,
        forget=forget_browsers,
        registry=registry,
    )
    return Pushes(database=database, looked_within=looked_within, delivery=delivery)
