"""How load is put on a server: so many messages in flight, or so many a second. Each call is one sample."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from time import monotonic_ns

from tests.load.cost import Cost
from tests.load.crowd import Crowd, Socket

DRAIN_TIMEOUT_S = 20.0
TICK_S = 0.001

Sample = dict[str, float]


def percentile(values: list[int], share: float) -> float:
    """In ms, of nanoseconds; NaN of nothing."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6


async def broadcast(crowd: Crowd, *, expected: int, in_flight: int, seconds: float, pids: Sequence[int]) -> Sample:
    """Keep `in_flight` messages on their way; each is followed by the next when `expected` sockets have it."""
    meter = crowd.meter
    meter.expected = expected
    senders = {index: crowd.sockets[index * len(crowd.sockets) // in_flight] for index in range(in_flight)}
    return await _closed_loop(crowd, senders, seconds=seconds, pids=pids, next_after="complete")


async def converse(
    crowd: Crowd, *, outstanding: int, expected: int, seconds: float, pids: Sequence[int]
) -> Sample:
    """Keep `outstanding` messages unacknowledged, of as many members over all rooms."""
    meter = crowd.meter
    meter.expected = expected
    stride = max(1, len(crowd.sockets) // outstanding)
    senders = {index: crowd.sockets[index * stride % len(crowd.sockets)] for index in range(outstanding)}
    return await _closed_loop(crowd, senders, seconds=seconds, pids=pids, next_after="ack")


async def _closed_loop(
    crowd: Crowd, senders: dict[int, Socket], *, seconds: float, pids: Sequence[int], next_after: str
) -> Sample:
    meter, loop = crowd.meter, asyncio.get_running_loop()
    meter.reset()
    idle: asyncio.Future[None] = loop.create_future()
    on_its_way: dict[int, Socket] = {}
    end = time.monotonic() + seconds
    last = monotonic_ns()

    def send(socket: Socket) -> None:
        nonlocal last
        last = max(last + 1, monotonic_ns())  # no two messages of one stamp
        on_its_way[last] = socket
        socket.say(last)

    def follow(stamp: int) -> None:
        socket = on_its_way.pop(stamp)
        if time.monotonic() < end:
            send(socket)
        elif not on_its_way and not idle.done():
            idle.set_result(None)

    if next_after == "ack":
        meter.on_ack = follow
    else:
        meter.on_complete = follow
    cost = Cost(pids)
    try:
        for socket in senders.values():
            send(socket)
        async with _patience(crowd, seconds):
            await idle
        sample = _sample(crowd, cost)
        await _drain(crowd)
    finally:
        meter.on_ack = meter.on_complete = lambda _stamp: None
    return sample


async def offer(crowd: Crowd, *, per_second: float, expected: int, seconds: float, pids: Sequence[int]) -> Sample:
    """Send so many messages a second, whatever comes back; latency counts from when each was due."""
    meter = crowd.meter
    meter.expected = expected
    meter.reset()
    cost = Cost(pids)
    start, messages = monotonic_ns(), int(per_second * seconds)
    sent = 0
    while sent < messages:
        due = min(messages, int((monotonic_ns() - start) * per_second / 1e9) + 1)
        for number in range(sent, due):
            crowd.sockets[number * 7919 % len(crowd.sockets)].say(start + int(number * 1e9 / per_second))
        sent = due
        await asyncio.sleep(TICK_S)
    await _arrival(crowd, messages)
    return _sample(crowd, cost)


@asynccontextmanager
async def _patience(crowd: Crowd, seconds: float) -> AsyncIterator[None]:
    meter = crowd.meter
    try:
        async with asyncio.timeout(seconds + DRAIN_TIMEOUT_S):
            yield
    except TimeoutError:
        counts = f"{meter.deliveries} deliveries, {meter.acks} acknowledgements, {meter.lost} connections lost"
        raise AssertionError(f"something never came: {counts}") from None


async def _arrival(crowd: Crowd, messages: int) -> None:
    async with _patience(crowd, 0):
        while crowd.meter.deliveries < messages * crowd.meter.expected or crowd.meter.acks < messages:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)


async def _drain(crowd: Crowd) -> None:
    """Wait until nothing more comes."""
    seen = -1
    for _look in count():
        if crowd.meter.deliveries == seen:
            return
        seen = crowd.meter.deliveries
        await asyncio.sleep(0.05)


def _sample(crowd: Crowd, cost: Cost) -> Sample:
    meter = crowd.meter
    spent = cost.spent()
    return {
        "us_per_delivery": spent.cpu_s * 1e6 / max(1, meter.deliveries),
        "us_per_message": spent.cpu_s * 1e6 / max(1, meter.acks),
        "deliveries_per_s": meter.deliveries / spent.wall_s,
        "messages_per_s": meter.acks / spent.wall_s,
        "p50_ms": percentile(meter.delivery_ns, 0.5),
        "p99_ms": percentile(meter.delivery_ns, 0.99),
        "ack_p50_ms": percentile(meter.ack_ns, 0.5),
        "ack_p99_ms": percentile(meter.ack_ns, 0.99),
        "server_share": spent.cpu_s / spent.wall_s,
        "generator_share": spent.own_cpu_s / spent.wall_s,
        "memory_mib": cost.memory_kib() / 1024,
    }
