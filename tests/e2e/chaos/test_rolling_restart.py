"""Servers are restarted one after the other under load: told first, spread over time, nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import httpx
import pytest

from chatproject.serving import NOTICE_S, SETTLE_S
from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.journal import Closed
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size
from tests.e2e.processes import Process

pytestmark = pytest.mark.e2e

SERVICE_RESTART = 1012
BACK_WITHIN_S = 10.0  # `reconnectAfter` is at most 5
LOOK_INTERVAL_S = 0.05
# what was sent so shortly before the goodbye may not have been read, as a server does not read any more while the
# database takes its time for what was: its sender repeats it
ON_ITS_WAY_S = SETTLE_S + 0.5


@dataclass(frozen=True)
class Length:
    size: Size
    restarts: int
    between: int  # acknowledgements
    in_javascript: bool = False


SHORT, FULL = Length(SMALL, restarts=1, between=40), Length(LARGE, restarts=6, between=1_000)


@dataclass
class Readiness:
    """What one server's /readyz said: when it was asked, when it had answered, the status."""

    looks: list[tuple[float, float, int]] = field(default_factory=list)

    def just_before(self, moment: float) -> set[int]:
        """What it said in the end; nothing, where the machine stood still meanwhile."""
        return {status for asked, at, status in self.looks if moment - NOTICE_S / 2 < asked and at < moment}


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(SHORT, id="short"),
        pytest.param(replace(SHORT, in_javascript=True), id="short-javascript"),
        pytest.param(FULL, id="full", marks=pytest.mark.chaos),
    ],
)
async def test_servers_are_restarted_one_after_the_other(
    cluster: Cluster, length: Length, seed: int, report: Report
) -> None:
    async with Run(cluster, size=length.size, seed=seed, in_javascript=length.in_javascript) as run:
        for number in range(length.restarts):
            await run.until_acknowledged(length.between)
            await restart(cluster.servers[number % len(cluster.servers)], run, report)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults


async def restart(server: Process, run: Run, report: Report) -> None:
    """Stop the server as an orchestrator does, watch how it goes, start it again and wait for everyone."""
    guests = sum(client.server == server.address for client in run.clients)
    began = time.monotonic()
    async with watching(server, run.http) as readiness:
        server.ask_to_stop()
        assert await asyncio.to_thread(server.wait) == 0
    ended_s = time.monotonic() - began
    back_s = await run.until(run.all_are_present, "everyone's return")
    await asyncio.to_thread(server.start)

    ends = [end for journal in run.journals for end in journal.closed if end.at > began]
    report(f"{guests} sockets told goodbye within {spread(ends):.2f} s, gone after {ended_s:.2f} s")
    assert len(ends) >= guests
    assert {(end.server, end.code) for end in ends} == {(server.address, SERVICE_RESTART)}
    assert readiness.just_before(min(end.at for end in ends)) <= {httpx.codes.SERVICE_UNAVAILABLE}
    assert len({end.reconnect_after for end in ends}) > 1, "all would come back at once"
    assert None not in {end.reconnect_after for end in ends}, "somebody got no bye"
    on_its_way_s = ON_ITS_WAY_S + run.lateness.seconds
    assert not [end for end in ends if any(sent < end.at - on_its_way_s for sent in end.unanswered)]
    assert back_s < BACK_WITHIN_S + run.lateness.seconds


def spread(ends: list[Closed]) -> float:
    return max(end.at for end in ends) - min(end.at for end in ends)


@asynccontextmanager
async def watching(server: Process, http: httpx.AsyncClient) -> AsyncIterator[Readiness]:
    """Ask /readyz until there is nobody to ask."""
    readiness = Readiness()
    task = asyncio.create_task(_watch(server, http, readiness))
    try:
        yield readiness
    finally:
        task.cancel()


async def _watch(server: Process, http: httpx.AsyncClient, readiness: Readiness) -> None:
    with suppress(httpx.TransportError):
        while True:
            asked = time.monotonic()
            response = await http.get(f"{server.address}/readyz")
            readiness.looks.append((asked, time.monotonic(), response.status_code))
            await asyncio.sleep(LOOK_INTERVAL_S)
