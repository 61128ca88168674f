"""Redis is killed and comes back empty: nobody reconnects, sends go on being acknowledged, nothing is missing."""

import asyncio
import time
from dataclasses import dataclass, replace

import pytest

from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import (
    acknowledged_between,
    delivery_delays,
    in_words,
    percentile,
    seconds_to_catch_up,
)
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size
from tests.servers import RedisServer

pytestmark = pytest.mark.e2e

COMPLETE_WITHIN_S = 5.0
SURELY_NOT_SWEPT_S = 1.0  # what waits for a sweep waits for half of 3 s on average
LOOK_S = 1.0


@dataclass(frozen=True)
class Length:
    size: Size
    before: int  # acknowledgements
    away_s: float
    in_javascript: bool = False


SHORT, FULL = Length(SMALL, before=60, away_s=3), Length(LARGE, before=1_000, away_s=10)


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(SHORT, id="short"),
        pytest.param(replace(SHORT, in_javascript=True), id="short-javascript"),
        pytest.param(FULL, id="full", marks=pytest.mark.chaos),
    ],
)
async def test_redis_is_killed_and_restarted_empty(
    cluster: Cluster, redis: RedisServer, length: Length, seed: int, report: Report
) -> None:
    async with Run(cluster, size=length.size, seed=seed, in_javascript=length.in_javascript) as run:
        await run.until_acknowledged(length.before)
        redis.kill()
        killed = time.monotonic()
        await asyncio.sleep(length.away_s)
        await asyncio.to_thread(redis.start)
        back = time.monotonic()
        await run.until_acknowledged(length.before)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    assert not any(journal.closed for journal in run.journals), "somebody had to reconnect"
    late_s = seconds_to_catch_up(run.journals, after=back)
    beside = delivery_delays(run.journals, said_between=(killed, back))
    report(f"complete {late_s:.2f} s after Redis' return; on one server, while it was away: {in_words(beside)}")
    assert late_s < COMPLETE_WITHIN_S + run.lateness.seconds
    assert percentile(beside, 0.5) < SURELY_NOT_SWEPT_S
    looks = [killed + n * LOOK_S for n in range(int(length.away_s / LOOK_S))]
    look_s = LOOK_S + run.lateness.seconds
    assert all(acknowledged_between(run.journals, at, at + look_s) for at in looks), "sends waited for Redis"
