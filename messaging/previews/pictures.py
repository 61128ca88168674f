"""The picture of a page: fetched as the page was, made anew by the examining process, kept as the room's file."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import httpx

from chatproject.errors import ChatError
from chatproject.file_errors import NoSpaceLeft
from messaging.file_models import NAME_MAX_CHARACTERS, File
from messaging.files.storage.naming import kept_name
from messaging.files.uploads.quotas import has_space
from messaging.previews.fetching import Fetcher, NotFetched, Wanted
from messaging.store.database import Database

logger = logging.getLogger(__name__)

WANTED = Wanted(
    types=("image/jpeg", "image/png", "image/webp", "image/gif"), most_bytes=5 * 1024 * 1024, is_cut=False
)
MEDIA_TYPE = "image/webp"
UNSHOWN_KEPT = timedelta(hours=1)  # from its row on; the message that shows it says how long it is kept from then


class Picture(Protocol):
    """A WebP of ours, as `messaging.files.examining.running.Preview`. Pixels."""

    @property
    def webp(self) -> bytes: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


Remake = Callable[[bytes], Awaitable[Picture | None]]  # None: it is none that we show


class Store(Protocol):
    """What is needed of FileStore."""

    async def put(self, name: str, path: Path, media_type: str) -> None:
        """Raises FileStoreUnavailable."""


class Pictures:
    """Of one process."""

    def __init__(self, *, fetcher: Fetcher, remake: Remake, store: Store, database: Database) -> None:
        self._fetcher, self._remake, self._store, self._database = fetcher, remake, store, database
        self._one_at_a_time = asyncio.Semaphore(1)  # what members send is waited for, and these are not

    async def find(self, url: httpx.URL) -> Picture | None:
        """None where there is none, or none that is shown."""
        try:
            fetched = await self._fetcher.fetch(url, WANTED)
        except NotFetched:
            return None
        async with self._one_at_a_time:
            return await self._remake(fetched.body)

    async def keep(self, picture: Picture, *, room_id: int, host: str) -> int | None:
        """The number of a file of the room, which a PreviewAct is to show soon. None where it cannot be kept."""
        try:
            file_id, key = await self._database.run(
                _announce, picture, room_id=room_id, host=host, now=datetime.now(UTC)
            )
            with TemporaryDirectory(prefix="chat-preview-") as folder:
                path = Path(folder, "picture")
                await asyncio.to_thread(path.write_bytes, picture.webp)
                await self._store.put(kept_name(key), path, MEDIA_TYPE)
        except ChatError as error:
            logger.warning("the picture of a link preview was not kept: %s", error.code)
            return None
        return file_id


def _announce(picture: Picture, *, room_id: int, host: str, now: datetime) -> tuple[int, str]:
    """A row before anything lies in the store: who takes away what nobody shows goes by it. Raises NoSpaceLeft."""
    if not has_space(room_id=room_id, size=len(picture.webp)):
        raise NoSpaceLeft
    key = secrets.token_hex(16)
    file = File.objects.create(
        room_id=room_id,
        is_preview=True,
        name=f"{host[: NAME_MAX_CHARACTERS - 5]}.webp",
        media_type=MEDIA_TYPE,
        size=len(picture.webp),
        kept_size=len(picture.webp),
        width=picture.width,
        height=picture.height,
        state=File.State.READY,
        key=key,
        created_at=now,
        expires_at=now + UNSHOWN_KEPT,
    )
    return file.pk, key
