"""Which messages get a preview of the page that they link to, and how much of that a process does. Best effort.

A site that is looked at learns this server's address and that somebody here speaks of it, nothing of whom. So it
is done in group rooms alone: of a room of two, and of one for counselling, nobody outside learns even that.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple, Protocol

from prometheus_client import CollectorRegistry, Counter

from chatproject.errors import ChatError, StoreUnavailable
from chatproject.limits.buckets import KeyedBuckets
from chatproject.seldom import Seldom
from messaging.previews.fetching import Fetcher, NotFetched
from messaging.previews.finding import first_address
from messaging.previews.pages import Found, Pages
from messaging.previews.pictures import Pictures, Remake, Store
from messaging.store.acts import Act, EditAct, PreviewAct
from messaging.store.database import Database
from messaging.store.drafts import Draft, Stored
from messaging.wire.marks import LinkPreview
from rooms.models import Room

logger = logging.getLogger(__name__)

WAITING_MOST = 100  # beyond, messages go without: nobody wants a preview a minute later
AT_ONCE = 2
MEMBER_FETCHES_PER_SECOND, MEMBER_BURST = 1.0, 3.0

Save = Callable[[Act], "asyncio.Future[Stored]"]


class Screens(Protocol):
    """What is needed of the word filter."""

    def pass_words(self, room_id: int, text: str) -> bool:
        """Whether nothing stands against words that no member chose."""


class Job(NamedTuple):
    room_id: int
    seq: int
    address: str


class LinkPreviews:
    """One per process, where the operator wants them."""

    def __init__(
        self,
        *,
        database: Database,
        save: Save,
        screens: Screens,
        pages: Pages,
        pictures: Pictures | None,
        registry: CollectorRegistry,
    ) -> None:
        self._database, self._save, self._screens = database, save, screens
        self._pages, self._pictures = pages, pictures
        self._waiting: asyncio.Queue[Job] = asyncio.Queue(WAITING_MOST)
        self._members = KeyedBuckets(rate=MEMBER_FETCHES_PER_SECOND, burst=MEMBER_BURST)
        self._seldom = Seldom()
        self._outcomes = Counter(
            "chat_link_previews", "Links looked at, by what came of it.", ["outcome"], registry=registry
        )
        self._workers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if not self._workers:
            self._workers = [asyncio.create_task(self._work(), name="link-previews") for _ in range(AT_ONCE)]

    async def stop(self) -> None:
        """What waits goes without."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._pages.stop()

    def see(self, entry: Draft | Act, saved: "asyncio.Future[Stored]") -> None:
        """Something was said or done: if it is new, a member's and has an address, that is looked at. Returns at
        once."""
        if saved.cancelled() or saved.exception() is not None:
            return
        match entry:
            case Draft(kind="member", sender_id=int(member_id)):
                pass
            case EditAct(member_id=int(member_id)):
                pass
            case _:
                return
        stored = saved.result()
        if stored.duplicate or "http" not in entry.contents.casefold():
            return
        message, address = stored.message, first_address(entry.contents)
        if address is None or (message.preview is not None and message.preview.url == address):
            return
        if self._members.take(member_id, asyncio.get_running_loop().time()) or self._waiting.full():
            self._count("dropped")
            return
        self._waiting.put_nowait(Job(message.room_id, message.seq, address))

    async def _work(self) -> None:
        while True:
            job = await self._waiting.get()
            try:
                self._count(await self._show(job))
            except NotFetched as error:
                self._count(str(error))
            except ChatError as error:  # deleted meanwhile, or the store is away
                self._count("away" if isinstance(error, StoreUnavailable) else "gone")
            except Exception as error:
                self._count("failed")
                if self._seldom.may_say(type(error).__name__):
                    logger.exception("a link preview was not made", extra={"room": job.room_id})
            finally:
                self._waiting.task_done()

    async def settled(self) -> None:
        """Return once nothing waits and nothing is looked at."""
        await self._waiting.join()

    async def _show(self, job: Job) -> str:
        """What came of it. Raises NotFetched, ChatError."""
        if not await self._database.run(may_be_followed, job.room_id):
            return "room"
        found = await self._pages.find(job.address)
        page = found.page
        if not self._screens.pass_words(job.room_id, f"{page.title}\n{page.description}\n{page.site}"):
            return "filtered"
        stored = await self._save(
            PreviewAct(room_id=job.room_id, seq=job.seq, preview=await self._made(job, found))
        )
        return "gone" if stored.duplicate else "shown"

    async def _made(self, job: Job, found: Found) -> LinkPreview:
        page, picture = found.page, found.picture
        file_id = None
        if picture is not None and self._pictures is not None:
            file_id = await self._pictures.keep(picture, room_id=job.room_id, host=page.host)
        return LinkPreview(
            url=job.address,
            title=page.title,
            description=page.description,
            site=page.site,
            file_id=file_id,
            width=picture.width if picture and file_id else None,
            height=picture.height if picture and file_id else None,
        )

    def _count(self, outcome: str) -> None:
        self._outcomes.labels(outcome).inc()


def may_be_followed(room_id: int) -> bool:
    """Whether links in this room are looked at."""
    return Room.objects.filter(pk=room_id, is_group_chat=True, is_counselling=False).exists()


def link_previews(
    *,
    database: Database,
    save: Save,
    screens: Screens,
    registry: CollectorRegistry,
    store: Store | None,
    remake: Remake,
    fetcher: Fetcher | None = None,
) -> LinkPreviews:
    """With all its parts; without a store no pictures are shown. Tests have a fetcher that reaches further."""
    fetcher = fetcher or Fetcher()
    pictures = None
    if store is not None:
        pictures = Pictures(fetcher=fetcher, remake=remake, store=store, database=database)
    return LinkPreviews(
        database=database,
        save=save,
        screens=screens,
        pages=Pages(fetcher=fetcher, pictures=pictures),
        pictures=pictures,
        registry=registry,
    )
