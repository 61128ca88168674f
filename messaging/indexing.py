"""The task that makes signatures of what is said. Each process has one; none makes what another has made."""

import asyncio
import logging
import random
from datetime import UTC, datetime

from chatproject.errors import StoreUnavailable
from messaging.search.index import index_newer
from messaging.store.database import Database

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 4.0  # what is not in a signature yet is read by every search: some thousand messages at most
PAUSE_S = 0.01  # between two chunks: sockets and searches first


class SearchIndexer:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start on the running loop; does nothing when started already."""
        if self._task is None:
            self._task = asyncio.create_task(self._index_forever(), name="search-indexer")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _index_forever(self) -> None:
        while True:
            # several processes that began together do not look at one moment
            await asyncio.sleep(LOOK_INTERVAL_S * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                while await self._database.run(index_newer, now=datetime.now(UTC)):  # noqa: ASYNC110 - lets others work
                    await asyncio.sleep(PAUSE_S)
            except StoreUnavailable:
                pass  # said by others, and a search reads then what has no signature
            except Exception:
                logger.exception("making signatures for the search failed; it is tried again")
