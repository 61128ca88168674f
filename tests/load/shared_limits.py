"""`python -m tests.load.shared_limits`: what it costs that a member's limits hold over all processes.

One loop takes turns for messages as they come: from many members now and then, and from a few in bursts; with
buckets of the process's own (as without Redis) and with those that Redis keeps, by turns in one run. CPU is that
of this process, and of Redis beside it; a wait is what lies between asking for a turn and having it.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import uvloop
from redis import Redis

from chatproject.limits.shared import SharedBuckets, SharedLimits
from tests.load.cost import cpu_s
from tests.servers import HOST, RedisServer, private_redis

ROUNDS = 5
RATE, BURST = 10, 30
MEMBERS, MESSAGES = 2_000, 4_000  # a member says something every two seconds
AT_ONCE = 20  # of a member, in a burst
TICK_S = 0.01


async def now_and_then(buckets: SharedBuckets) -> list[float]:
    waits = []
    for tick in range(MESSAGES // 10):
        for number in range(10):
            began = time.perf_counter()
            await buckets.take(1 + (10 * tick + number) % MEMBERS)
            waits.append(time.perf_counter() - began)
        await asyncio.sleep(TICK_S)
    return waits


async def in_bursts(buckets: SharedBuckets) -> list[float]:
    waits = []
    for member_id in range(1, 1 + MESSAGES // AT_ONCE):
        for _ in range(AT_ONCE):
            began = time.perf_counter()
            await buckets.take(member_id)
            waits.append(time.perf_counter() - began)
        await asyncio.sleep(0)
    return waits


Traffic = Callable[[SharedBuckets], Awaitable[list[float]]]


async def measure(redis: RedisServer, traffic: Traffic, *, is_shared: bool) -> list[float]:
    """CPU in µs a message, here and of Redis; waits in µs, the median and of the slowest in a hundred."""
    Redis(host=HOST, port=redis.port).flushall()
    limits = SharedLimits([redis.url] if is_shared else [])
    limits.name("load")
    buckets = limits.buckets("sends", rate=RATE, burst=BURST)
    await buckets.take(MEMBERS + 1)
    await asyncio.sleep(0.1)  # connected
    here, there = time.process_time(), cpu_s([redis.pid])
    waits = sorted(await traffic(buckets))
    spent = [time.process_time() - here, cpu_s([redis.pid]) - there]
    await limits.stop()
    ordered = sorted(waits)
    return [
        value * 1e6
        for value in (*(each / MESSAGES for each in spent), ordered[len(waits) // 2], ordered[-len(waits) // 100])
    ]


async def idle_cpu() -> float:
    """What the loop itself costs in the traffic now and then, µs a message."""
    here = time.process_time()
    for _ in range(MESSAGES // 10):
        await asyncio.sleep(TICK_S)
    return (time.process_time() - here) / MESSAGES * 1e6


async def main() -> None:
    with private_redis() as redis:
        print(f"{'':24}{'CPU':>8}{'Redis':>8}{'p50':>8}{'p99':>9}   µs a message, medians of {ROUNDS}")
        for traffic in (now_and_then, in_bursts):
            samples: dict[bool, list[list[float]]] = {False: [], True: []}
            for _ in range(ROUNDS):
                for is_shared in samples:
                    samples[is_shared].append(await measure(redis, traffic, is_shared=is_shared))
            for is_shared, found in samples.items():
                cells = [statistics.median(column) for column in zip(*found, strict=True)]
                name = f"{traffic.__name__}, {'Redis' if is_shared else 'alone'}"
                print(f"{name:24}" + "".join(f"{cell:8.1f}" for cell in cells))
        print(f"{'the loop alone':24}{await idle_cpu():8.1f}")


if __name__ == "__main__":
    uvloop.run(main())
