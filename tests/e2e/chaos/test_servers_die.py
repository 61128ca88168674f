"""Servers die without a word, several times, under load; their clients go elsewhere and miss nothing."""

import asyncio
import time
from dataclasses import dataclass, replace

import pytest

from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import seconds_to_catch_up
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size

pytestmark = pytest.mark.e2e

COMPLETE_WITHIN_S = 5.0


@dataclass(frozen=True)
class Length:
    size: Size
    kills: int
    between: int  # acknowledgements between two kills
    in_javascript: bool = False


SHORT, FULL = Length(SMALL, kills=2, between=40), Length(LARGE, kills=6, between=1_000)
LENGTHS = [
    pytest.param(SHORT, id="short"),
    pytest.param(replace(SHORT, in_javascript=True), id="short-javascript"),
    pytest.param(FULL, id="full", marks=pytest.mark.chaos),
]


@pytest.mark.parametrize("length", LENGTHS)
async def test_servers_are_killed_one_after_the_other(
    cluster: Cluster, length: Length, seed: int, report: Report
) -> None:
    returns: list[float] = []
    back_s: list[float] = []
    async with Run(cluster, size=length.size, seed=seed, in_javascript=length.in_javascript) as run:
        for _kill in range(length.kills):
            await run.until_acknowledged(length.between)
            victim = run.random.choice(cluster.servers)
            victim.kill()
            await run.until_acknowledged(length.between)  # the others go on
            await asyncio.to_thread(victim.start)
            returns.append(time.monotonic())
            back_s.append(await run.until(run.all_are_present, "everyone's return"))
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    late_s = max(seconds_to_catch_up(run.journals, after=moment) for moment in returns)
    report(f"everything said before a server's return was everywhere {late_s:.2f} s after it at the latest")
    assert max(late_s, *back_s) < COMPLETE_WITHIN_S + run.lateness.seconds
    assert verdict.recovered
