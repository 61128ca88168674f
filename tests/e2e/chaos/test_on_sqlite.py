"""The embedded default, one process on SQLite: killed under load and started again; nothing is lost."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.chaos.cluster import Cluster, sqlite_cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import seconds_to_catch_up
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size

pytestmark = pytest.mark.e2e

COMPLETE_WITHIN_S = 5.0


@dataclass(frozen=True)
class Length:
    size: Size
    kills: int
    between: int  # acknowledgements


SHORT, FULL = Length(SMALL, kills=1, between=60), Length(LARGE, kills=6, between=1_000)
LENGTHS = pytest.mark.parametrize(
    "length", [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.chaos)]
)


@pytest.fixture(scope="module")
def alone(directory: Path) -> Iterator[Cluster]:
    with sqlite_cluster(directory) as cluster:
        yield cluster


@LENGTHS
async def test_the_only_server_is_killed_and_restarted(
    alone: Cluster, length: Length, seed: int, report: Report
) -> None:
    [server] = alone.servers
    returns: list[float] = []
    back_s: list[float] = []
    async with Run(alone, size=length.size, seed=seed) as run:
        for _kill in range(length.kills):
            await run.until_acknowledged(length.between)
            server.kill()
            await asyncio.to_thread(server.start)
            returns.append(time.monotonic())
            back_s.append(await run.until(run.all_are_present, "everyone's return"))
        await run.until_acknowledged(length.between)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    late_s = max(seconds_to_catch_up(run.journals, after=moment) for moment in returns)
    report(f"everything said before its return was everywhere {late_s:.2f} s after it at the latest")
    assert max(late_s, *back_s) < COMPLETE_WITHIN_S + run.lateness.seconds


@LENGTHS
async def test_the_only_server_is_stopped_in_good_order_and_restarted(
    alone: Cluster, length: Length, seed: int, report: Report
) -> None:
    [server] = alone.servers
    async with Run(alone, size=length.size, seed=seed) as run:
        await run.until_acknowledged(length.between)
        server.ask_to_stop()
        assert await asyncio.to_thread(server.wait) == 0
        await asyncio.to_thread(server.start)
        await run.until_acknowledged(length.between)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
