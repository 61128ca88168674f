"""The task that makes signatures: it works beside everything else, and outlives what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from messaging import indexing
from messaging.indexing import SearchIndexer
from messaging.models import Message
from messaging.search.index import index_newer, progress
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.search_models import SearchProgress
from messaging.store.database import Database
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.people import eventually, in_thread, soon
from tests.times import POLL_S

OLD = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def indexer(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SearchIndexer]:
    monkeypatch.setattr(indexing, "LOOK_INTERVAL_S", 0.02)
    indexer = SearchIndexer(database)
    yield indexer
    await soon(indexer.stop())


def say(room: Room, count: int) -> None:
    progress()
    Message.objects.bulk_create(
        Message(
            message_id=seq,
            room=room,
            seq=seq,
            version=seq,
            sender_id=ALICE,
            contents="고민",
            created_at=OLD,
            updated_at=OLD,
        )
        for seq in range(1, count + 1)
    )


def signed_up_to() -> int:
    return SearchProgress.objects.get().end


async def wait_until_signed(chunks: int) -> None:
    while await in_thread(signed_up_to) < chunks:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(POLL_S)


async def test_what_is_said_gets_signatures(indexer: SearchIndexer, room: Room) -> None:
    await in_thread(say, room, 3 * CHUNK_MESSAGES)
    indexer.start()
    indexer.start()
    await soon(wait_until_signed(3))


async def test_a_fault_is_logged_and_the_work_goes_on(
    indexer: SearchIndexer, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_now: Any) -> bool:
        monkeypatch.setattr(indexing, "index_newer", index_newer)
        raise RuntimeError("the first time")

    await in_thread(say, room, CHUNK_MESSAGES)
    monkeypatch.setattr(indexing, "index_newer", fail)
    indexer.start()
    await eventually(lambda: "tried again" in caplog.text)
    await soon(wait_until_signed(1))


async def test_one_that_was_never_started_can_be_stopped(database: Database) -> None:
    await soon(SearchIndexer(database).stop())
