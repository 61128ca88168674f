"""Where files lie, for the event loop: each call runs on a thread of the store's own, none of the database's."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from chatproject.file_errors import FileStoreUnavailable
from messaging.files.storage.folder import Folder
from messaging.files.storage.places import CHUNK_BYTES, RETRY_AFTER_S, Place, place_of_settings

P = ParamSpec("P")
T = TypeVar("T")

WHOLE_FILES = 2  # copied to or from the store at once
THREADS = 4  # for all else, which is quick: 4 busy ones write faster than most disks
ANSWER_WITHIN_S = 3.0  # who asks for something quick is told within that the store does not answer
WAITING_MAX = 500  # beyond, waiting longer than that is certain


class FileStore:
    """The store of one process. Every failure of it is a FileStoreUnavailable; nothing is half there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._copying = ThreadPoolExecutor(WHOLE_FILES, thread_name_prefix="files-copy")
        self._quick = ThreadPoolExecutor(THREADS, thread_name_prefix="files-quick")
        self._waiting = 0
        self.is_up = True  # when it was checked last

    @classmethod
    def of_settings(cls) -> Self:
        return cls(place_of_settings())

    def close(self) -> None:
        self._copying.shutdown(wait=False, cancel_futures=True)
        self._quick.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, name: str, into: Path) -> int:
        """Copy it to `into`; its bytes. Raises NoSuchFile. As slow as the store is."""
        return await self.run_long(self.place.fetch, name, into)

    async def put(self, name: str, path: Path, media_type: str) -> None:
        """Keep a copy of what lies at `path`, in place of what had the name. As slow as the store is."""
        await self.run_long(self.place.put, name, path, media_type)

    async def size_of(self, name: str) -> int | None:
        """Its bytes; None where there is none of that name."""
        return await self.run(self.place.size_of, name)

    async def delete(self, names: Sequence[str]) -> None:
        """Nothing has these names any more; those that nothing had are fine."""
        await self.run_long(self.place.delete, names)  # behind what may take long: nobody waits for it

    async def open_chunks(self, name: str) -> AsyncIterator[bytes]:
        """Its bytes, 64 KiB at a time. Raises NoSuchFile before the first. Of a folder only."""
        assert isinstance(self.place, Folder)
        file = await self.run(self.place.open, name)
        try:
            while chunk := await self.run(self.place.read, file, CHUNK_BYTES):
                yield chunk
        finally:
            file.close()

    async def check(self) -> None:
        """Return where something could be written; `is_up` says from then on whether it could."""
        try:
            await self.run(self.place.check)
        except FileStoreUnavailable:
            self.is_up = False
            raise
        self.is_up = True

    async def tidy(self) -> None:
        """Take away what broken-off writes left behind, an hour later."""
        await self.run_long(self.place.tidy)

    def run_aside(self, function: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Have it done soon; nobody waits for it. It raises nothing."""
        self._quick.submit(function, *args, **kwargs)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call something quick on a thread. After ANSWER_WITHIN_S it counts as failed, done or not."""
        if self._waiting >= WAITING_MAX:
            raise FileStoreUnavailable(retry_after=RETRY_AFTER_S)
        self._waiting += 1
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await asyncio.wrap_future(self._quick.submit(function, *args, **kwargs))
        except TimeoutError as error:
            raise FileStoreUnavailable(retry_after=RETRY_AFTER_S) from error
        finally:
            self._waiting -= 1

    async def run_long(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same of what takes as long as it takes."""
        return await asyncio.wrap_future(self._copying.submit(function, *args, **kwargs))
