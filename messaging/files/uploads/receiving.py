"""Takes the bytes of an upload into the folder, bit by bit, and has them checked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

from django.utils import timezone

from chatproject.file_errors import AddressEnded, WrongLength
from messaging.file_models import File
from messaging.files.storage.folder import Folder, Unfinished
from messaging.files.storage.naming import coming_name
from messaging.files.storage.store import FileStore
from messaging.files.uploads import arriving

Run = Callable[..., Awaitable[Any]]


class Reception:
    """`run` calls a function on a thread that has a database connection; `check_soon` wakes who checks files."""

    def __init__(self, *, run: Run, store: FileStore, check_soon: Callable[[], None] = lambda: None) -> None:
        self._run, self._store, self.check_soon = run, store, check_soon

    async def begin(self, file_id: int) -> File:
        """The file, which is this upload's now. Raises as `arriving.begin`, and StoreUnavailable, AddressEnded."""
        if not isinstance(self._store.place, Folder):
            raise AddressEnded  # of another store, that was
        file: File = await self._run(arriving.begin, file_id, holder=uuid4().hex, now=timezone.now())
        return file

    async def take_in(self, file: File, chunks: AsyncIterator[bytes]) -> None:
        """Keep the file's bytes. Whatever is raised, nothing of them stays, and the file may come again.

        Raises WrongLength, FileStoreUnavailable, StoreUnavailable, what `chunks` raises, and AddressEnded where
        another upload took its place.
        """
        place = self._store.place
        assert isinstance(place, Folder)
        unfinished: Unfinished = await self._store.run(place.begin, coming_name(file.key))
        try:
            came = 0
            async for chunk in chunks:
                came += len(chunk)
                if came > file.size:
                    raise WrongLength
                await self._store.run(unfinished.write, chunk)
            if came < file.size:
                raise WrongLength
            await self._run(arriving.require_held, file)
            await self._store.run_long(unfinished.finish)
        finally:
            self._store.run_aside(unfinished.discard)
        await self._arrive(file)

    async def _arrive(self, file: File) -> None:
        try:
            await self._run(arriving.arrive, file)
        except AddressEnded:  # given up, or arrived, while it got its name
            if not await self._run(arriving.is_wanted, file):
                await self._store.delete([coming_name(file.key)])
            raise
        self.check_soon()
