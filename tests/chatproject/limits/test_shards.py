"""What is asked of one Redis at one time goes there together."""

import asyncio
from typing import Any

import pytest

from chatproject.limits import shards
from chatproject.limits.shards import Shard
from tests.chatproject.limits.conftest import StartLimits
from tests.factories import ALICE
from tests.servers import RedisServer
from tests.times import WAIT_S

pytestmark = pytest.mark.servers


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many keys each call of Redis was about."""
    counted: list[int] = []
    call = Shard._call

    async def counting(shard: Shard, batch: Any, now: float) -> Any:
        counted.append(len(batch))
        return await call(shard, batch, now)

    monkeypatch.setattr(Shard, "_call", counting)
    monkeypatch.setattr(shards, "ANSWER_WITHIN_S", WAIT_S)
    return counted


async def test_who_asks_while_redis_is_asked_goes_with_the_next_call(
    start_limits: StartLimits, batches: list[int]
) -> None:
    buckets = start_limits().buckets("codes", rate=1, burst=9, is_exact=True)
    first = asyncio.create_task(buckets.take(ALICE))
    await asyncio.sleep(0)
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(buckets.take(member_id) for member_id in range(10, 60)), first)
    assert batches == [1, 50]


async def test_what_nobody_waits_for_lingers_and_goes_with_whoever_does(
    start_limits: StartLimits, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LINGER_S", WAIT_S)
    limits = start_limits()
    sends, codes = (
        limits.buckets("sends", rate=1, burst=9),
        limits.buckets("codes", rate=1, burst=9, is_exact=True),
    )
    for member_id in range(10, 30):
        assert await sends.take(member_id) == 0.0
    assert batches == []
    await codes.take(ALICE)
    assert batches == [21]


async def test_what_lingers_is_told_at_the_end(
    start_limits: StartLimits, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LINGER_S", WAIT_S)
    limits = start_limits()
    await limits.buckets("sends", rate=1, burst=9).take(ALICE)
    await limits.stop()
    assert batches == [1]


async def test_what_waits_for_a_call_that_is_on_its_way_is_told_at_the_end_too(
    start_limits: StartLimits, batches: list[int]
) -> None:
    limits = start_limits()
    first = asyncio.create_task(limits.buckets("codes", rate=1, burst=9, is_exact=True).take(ALICE))
    await asyncio.sleep(0)
    await limits.buckets("sends", rate=1, burst=9).take(ALICE)
    await limits.stop()
    assert await first == 0.0
    assert batches == [1, 1]


async def test_a_loop_that_was_late_itself_does_not_take_redis_for_away(
    start_limits: StartLimits, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = start_limits()
    buckets = limits.buckets("codes", rate=1, burst=9, is_exact=True)
    await buckets.take(ALICE)  # connected
    monkeypatch.setattr(shards, "ANSWER_WITHIN_S", 0.0)
    monkeypatch.setattr(shards, "MOMENT_S", WAIT_S)
    async with asyncio.timeout(WAIT_S):
        assert await buckets.take(ALICE) == 0.0
    assert limits.is_up
