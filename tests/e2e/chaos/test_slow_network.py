"""The way to the servers is slow and breaks off again and again: clients of both kinds come back complete."""

from contextlib import ExitStack

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
            for _cut in range(CUTS):
                await run.until_acknowledged(BETWEEN)
                await run.until(run.all_are_present, "everyone")
                for proxy in proxies:
                    proxy.cut()
            await run.until_acknowledged(BETWEEN)
            verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    assert verdict.recovered
    assert all(len(journal.closed) >= CUTS for journal in run.journals)
