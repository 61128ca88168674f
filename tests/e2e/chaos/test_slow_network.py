"""The way to the servers is slow and breaks off again and again: clients of both kinds come back complete."""

from contextlib import ExitStack
from functools import partial

import pytest

from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.proxy import proxy_before
from tests.e2e.chaos.run import SMALL, Run
from tests.servers import HOST

pytestmark = pytest.mark.e2e

DELAY_S = 0.15  # of every piece, there and back
CUTS = 3
BETWEEN = 60  # acknowledgements
GIVEN_UP_WITHIN_S = 30.0  # 20 s of silence and 8 s for an answer


@pytest.mark.parametrize("in_javascript", [False, True], ids=["python", "javascript"])
async def test_a_slow_way_breaks_off_again_and_again(
    cluster: Cluster, in_javascript: bool, seed: int, report: Report
) -> None:
    with ExitStack() as stack:
        proxies = [stack.enter_context(proxy_before(server.port)) for server in cluster.servers]
        addresses = [f"http://{HOST}:{proxy.port}" for proxy in proxies]
        async with Run(cluster, size=SMALL, seed=seed, in_javascript=in_javascript, addresses=addresses) as run:
            for proxy in proxies:
                proxy.delay_s = DELAY_S
            for cut in range(1, CUTS + 1):
                await run.until_acknowledged(BETWEEN)
                await run.until(run.all_are_present, "everyone")
                for proxy in proxies:
                    proxy.cut()
                await run.until(partial(everyone_lost, run, cut), "the end of every connection")
            await run.until_acknowledged(BETWEEN)
            verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    assert verdict.recovered


def everyone_lost(run: Run, connections: int) -> bool:
    return all(len(journal.closed) >= connections for journal in run.journals)


@pytest.mark.chaos
async def test_a_way_that_swallows_everything_is_given_up(cluster: Cluster, seed: int, report: Report) -> None:
    """The library for browsers finds out by itself: no browser tells of the server's pings."""
    with ExitStack() as stack:
        dead, sound = (stack.enter_context(proxy_before(server.port)) for server in cluster.servers[:2])
        addresses = [f"http://{HOST}:{proxy.port}" for proxy in (dead, sound)]
        async with Run(cluster, size=SMALL, seed=seed, in_javascript=True, addresses=addresses) as run:
            stuck = [client for client in run.clients if client.server == addresses[0]]
            dead.swallows = True
            gave_up_s = await run.until(
                lambda: all(client.journal.closed for client in stuck),
                "the end of the dead connections",
            )
            dead.swallows = False
            await run.until(run.all_are_present, "everyone's return")
            verdict = await run.settle()

    report(f"{len(stuck)} gave up after {gave_up_s:.1f} s; {verdict}")
    assert not verdict.faults
    assert stuck
    assert gave_up_s < GIVEN_UP_WITHIN_S + run.lateness.seconds
