"""A crowd of HTTP requests that all wait for the database: few threads, and no more connections than those."""

import asyncio
import threading
from collections.abc import AsyncIterator

import httpx
import pytest

from chatproject.http.turns import REQUESTS_PER_THREAD
from rooms.models import Room
from tests.factories import ALICE, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.people import TIMEOUT_S, eventually, held_by_another, soon

AT_ONCE = 2 * REQUESTS_PER_THREAD
CROWD = 3 * AT_ONCE


@pytest.fixture
async def http(start_process: StartProcess, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr("chatproject.http.turns.ANSWER_WITHIN_S", TIMEOUT_S)  # on a busy machine too
    process = start_process(DB_THREADS=2, LIMIT_REQUESTS_PER_MEMBER=0, LIMIT_WRITES_PER_SECOND=0)  # one for all
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


def request_threads() -> set[str]:
    """Those that asgiref makes, one for each request under way."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor-")}


async def test_a_crowd_that_waits_for_the_database_has_few_threads_and_is_served_in_the_end(
    http: httpx.AsyncClient, room: Room
) -> None:
    before = request_threads()
    path, headers = f"/v1/chat/room/{room.pk}/read", {"access": token_for(ALICE)}
    async with held_by_another(room.pk):
        crowd = [asyncio.create_task(http.post(path, headers=headers)) for _ in range(CROWD)]
        await eventually(lambda: len(request_threads() - before) >= AT_ONCE)
        for open_path in ("/v1/healthz", "/metrics", "/readyz"):
            assert (await soon(http.get(open_path))).status_code == 200
        assert len(request_threads() - before) <= AT_ONCE + 1  # the thread of the last answer may be about to end
    answers = await soon(asyncio.gather(*crowd))
    assert [answer.status_code for answer in answers] == [200] * CROWD
