"""Each server counts for itself."""

import asyncio

from prometheus_client import generate_latest

from messaging.metrics import Metrics
from tests.messaging.people import eventually


class TwoSockets:
    def standing(self) -> dict[str, float]:
        return {"sockets": 2}


def test_two_servers_in_one_process_do_not_share_their_counts() -> None:
    one, other = Metrics(), Metrics()
    one.sweeps.inc()
    assert b"chat_sweeps_total 1.0" in generate_latest(one.registry)
    assert b"chat_sweeps_total 0.0" in generate_latest(other.registry)


def test_present_values_are_read_when_asked_for() -> None:
    metrics = Metrics()
    metrics.watch(TwoSockets())
    assert b"chat_sockets 2.0" in generate_latest(metrics.registry)


async def test_the_lag_of_the_loop_is_measured() -> None:
    metrics = Metrics()
    watch = asyncio.create_task(metrics.watch_loop())
    await eventually(lambda: b"chat_loop_lag_seconds_count 1.0" in generate_latest(metrics.registry))
    watch.cancel()
