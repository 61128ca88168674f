"""Counts over two processes with a real Redis, and over one without."""

import asyncio

import pytest

from chatproject.limits import shards
from chatproject.limits.counting import MOST, SharedCounter
from chatproject.limits.shared import SharedLimits
from tests.chatproject.limits.conftest import StartLimits
from tests.servers import RedisServer
from tests.times import POLL_S, WAIT_S

MINUTES = 60.0


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ANSWER_WITHIN_S", WAIT_S)


async def alone() -> SharedCounter:
    return SharedLimits([]).counter("flood")


async def test_one_process_counts_each_key_for_itself() -> None:
    counter = await alone()
    assert [counter.count("Alice: 안녕", 30 * MINUTES) for _ in range(3)] == [1, 2, 3]
    assert counter.count("Bob: 안녕", 30 * MINUTES) == 1


async def test_what_is_older_than_the_window_does_not_count() -> None:
    counter = await alone()
    counter.count("Alice: 안녕", 0.01)
    await asyncio.sleep(0.02)
    assert counter.count("Alice: 안녕", 0.01) == 1


async def test_no_more_is_remembered_than_anybody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedCounter, "KEYS_MOST", 2)
    counter = await alone()
    assert [counter.count("a", MINUTES) for _ in range(MOST + 2)][-1] == MOST
    for key in "bab":
        counter.count(key, MINUTES)
    assert counter.count("c", MINUTES) == 1  # "a" goes: "b" was counted after it
    assert (counter.count("b", MINUTES), counter.count("a", MINUTES)) == (3, 1)


@pytest.mark.servers
async def test_who_repeats_a_text_at_two_processes_is_found_at_both(start_limits: StartLimits) -> None:
    limits = start_limits()
    here, there = limits.counter("flood"), start_limits().counter("flood")
    for _ in range(4):
        here.count("Alice: 안녕", 30 * MINUTES)
    await limits.stop()  # what it has to tell is told
    assert there.count("Alice: 안녕", 30 * MINUTES) == 1  # not known here yet
    counted = next(iter(there._counts.values()))
    async with asyncio.timeout(WAIT_S):
        while len(counted.times) < 5:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(POLL_S)
    assert there.count("Alice: 안녕", 30 * MINUTES) == 6
    assert counted.times == sorted(counted.times)


@pytest.mark.servers
async def test_while_redis_is_away_each_counts_on_and_tells_it_later(
    start_limits: StartLimits, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "RETRY_S", 0.02)
    limits, later = start_limits(), start_limits()
    redis.kill()
    here, there = limits.counter("flood"), later.counter("flood")
    assert [here.count("Alice: 안녕", MINUTES) for _ in range(3)] == [1, 2, 3]
    redis.start()
    async with asyncio.timeout(WAIT_S):
        while not limits.is_up or next(iter(here._counts.values()))._untold:
            here.count("Alice: 안녕", MINUTES)
            await asyncio.sleep(POLL_S)
        there.count("Alice: 안녕", MINUTES)
        counted = next(iter(there._counts.values()))
        while len(counted.times) < 4:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(POLL_S)
