"""What addresses led to, kept for a while: nobody is asked the same twice, and no host often."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import httpx

from chatproject.limits.buckets import KeyedBuckets
from messaging.previews.fetching import Fetcher, NotFetched, Wanted, read_url
from messaging.previews.pictures import Picture, Pictures
from messaging.previews.reading import Page, read_page

KEPT_S = 600.0
KEPT_MOST = 100  # with their pictures, of 50 kB mostly
HOST_FETCHES_PER_SECOND, HOST_BURST = 1.0, 5.0  # by one process
PAGE = Wanted(types=("text/html",), most_bytes=512 * 1024, is_cut=True)


@dataclass(frozen=True, slots=True)
class Found:
    page: Page
    picture: Picture | None


class Pages:
    """Of one process. What was not found is remembered too."""

    def __init__(self, *, fetcher: Fetcher, pictures: Pictures | None) -> None:
        """`pictures` None: none are shown."""
        self._fetcher, self._pictures = fetcher, pictures
        self._kept: OrderedDict[str, tuple[float, asyncio.Task[Found | NotFetched]]] = OrderedDict()
        self._hosts = KeyedBuckets(rate=HOST_FETCHES_PER_SECOND, burst=HOST_BURST)

    async def find(self, address: str) -> Found:
        """Who asks for what somebody asks for already gets the same. Raises NotFetched."""
        url = read_url(address)
        now, key = asyncio.get_running_loop().time(), str(url.copy_with(fragment=None))
        kept_until, looking = self._kept.get(key, (0.0, None))
        if looking is None or kept_until <= now:
            if self._hosts.take(url.host, now):
                raise NotFetched("busy")
            looking = asyncio.create_task(self._look(url), name="link-preview")
            self._kept[key] = now + KEPT_S, looking
            self._kept.move_to_end(key)
            self._forget()
        found = await asyncio.shield(looking)
        if isinstance(found, NotFetched):
            raise found.with_traceback(None)  # else it holds on to who met it before
        return found

    async def stop(self) -> None:
        looking = [task for _, task in self._kept.values() if not task.done()]
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)

    async def _look(self, url: httpx.URL) -> Found | NotFetched:
        try:
            page = await read_page(await self._fetcher.fetch(url, PAGE))
        except NotFetched as error:
            return error
        if page is None:
            return NotFetched("untitled")
        picture = None
        if page.image is not None and self._pictures is not None:
            picture = await self._pictures.find(page.image)
        return Found(page, picture)

    def _forget(self) -> None:
        """The oldest, of those that nobody waits for."""
        for key in [key for key, (_, task) in self._kept.items() if task.done()]:
            if len(self._kept) <= KEPT_MOST:
                break
            del self._kept[key]
