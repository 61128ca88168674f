"""Redis freezes, is unreachable without a word, forgets everything, loses and reorders single messages.

Each server reaches Redis through a proxy of its own. Who leaves a room meanwhile, or is removed from it by its
manager, hears nothing more of it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import httpx
import pytest
import redis.asyncio

from tests.e2e.chaos.client import Client
from tests.e2e.chaos.cluster import Cluster, mariadb_cluster
from tests.e2e.chaos.conftest import SERVERS, Report
from tests.e2e.chaos.delays import seconds_to_catch_up
from tests.e2e.chaos.journal import Departure
from tests.e2e.chaos.proxy import Judge, Proxy, proxy_before
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size
from tests.e2e.secrecy import make_token
from tests.servers import DatabaseServer, RedisServer, private_redis

pytestmark = pytest.mark.e2e

COMPLETE_WITHIN_S = 5.0
GONE_WITHIN_S = 5.0  # the sweep's 3 s, and its queries on a busy machine
SHARE_LOST = SHARE_HELD = 0.1
MESSAGES = b"chat.rooms"  # the channel of what is told of rooms; the servers' own heartbeats have others


@dataclass(frozen=True)
class Length:
    size: Size
    before: int  # acknowledgements
    fault_s: float


SHORT, FULL = Length(SMALL, before=60, fault_s=3), Length(LARGE, before=1_000, fault_s=30)
LENGTHS = pytest.mark.parametrize(
    "length", [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.chaos)]
)


@dataclass
class Unwell:
    """A Redis, the proxies before it, and the servers behind those."""

    redis: RedisServer
    proxies: list[Proxy]
    cluster: Cluster


@pytest.fixture(scope="module")
def unwell(mariadb: DatabaseServer, directory: Path) -> Iterator[Unwell]:
    with ExitStack() as stack:
        redis = stack.enter_context(private_redis())
        proxies = [stack.enter_context(proxy_before(redis.port, reads_redis=True)) for _ in range(SERVERS)]
        urls = [f"redis://127.0.0.1:{proxy.port}" for proxy in proxies]
        cluster = stack.enter_context(mariadb_cluster(mariadb, redis_urls=urls, directory=directory))
        yield Unwell(redis, proxies, cluster)


@asynccontextmanager
async def loaded(unwell: Unwell, length: Length, seed: int, report: Report) -> AsyncIterator[Run]:
    """Load before, during and after what happens inside; then nothing is missing, and nobody had to reconnect."""
    async with Run(unwell.cluster, size=length.size, seed=seed) as run:
        await run.until_acknowledged(length.before)
        yield run
        healed = time.monotonic()
        await run.until_acknowledged(length.before)
        verdict = await run.settle()
    report(str(verdict))
    assert not verdict.faults
    assert not any(journal.closed for journal in run.journals), "somebody had to reconnect"
    late_s = seconds_to_catch_up(run.journals, after=healed)
    report(f"complete {late_s:.2f} s after it ended")
    assert late_s < COMPLETE_WITHIN_S + run.lateness.seconds


@LENGTHS
async def test_redis_freezes_for_a_while(unwell: Unwell, length: Length, seed: int, report: Report) -> None:
    async with loaded(unwell, length, seed, report):
        with unwell.redis.paused():
            await asyncio.sleep(length.fault_s)


@LENGTHS
async def test_everything_to_and_from_redis_is_swallowed_and_who_is_out_meanwhile_hears_nothing_more(
    unwell: Unwell, length: Length, seed: int, report: Report
) -> None:
    async with loaded(unwell, length, seed, report) as run:
        room_id = run.room_ids[0]
        who_leaves, who_is_removed = await listen_everywhere(run, room_id), await listen_everywhere(run, room_id)
        with swallowing(unwell.proxies):
            began = time.monotonic()
            await leave(run, who_leaves, room_id)
            await remove(run, who_is_removed, room_id)
            everywhere = who_leaves + who_is_removed
            await run.until(
                lambda: all(not client.places for client in everywhere), "the end of the subscriptions"
            )
            gone_s = time.monotonic() - began
            await asyncio.sleep(length.fault_s)
    report(f"who left and who was removed were let go of everywhere after {gone_s:.2f} s")
    assert gone_s < 2 * GONE_WITHIN_S + run.lateness.seconds
    for client in everywhere:
        journal = client.journal
        heard_s = max((h.at for h in journal.heard[room_id]), default=0.0) - journal.departed[room_id].at
        assert heard_s < GONE_WITHIN_S + run.lateness.seconds


async def listen_everywhere(run: Run, room_id: int) -> list[Client]:
    """One member, with a socket at every server, all in the room."""
    [member_id] = await asyncio.to_thread(run.cluster.add_members, 1)
    await asyncio.to_thread(run.cluster.join, {member_id: [room_id]})
    sockets = [run.add_client(member_id, [room_id], server=server.address) for server in run.cluster.servers]
    await run.until(lambda: all(client.journal.heard[room_id] for client in sockets), "the room at every server")
    return sockets


async def leave(run: Run, sockets: list[Client], room_id: int) -> None:
    """By REST at the first server, which cannot tell the others."""
    url = f"{run.cluster.servers[0].address}/v1/chat/room/group/{room_id}/leave"
    response = await run.http.delete(url, headers={"access": make_token(sockets[0].journal.member_id)})
    await depart(run, sockets, room_id, response)


async def remove(run: Run, sockets: list[Client], room_id: int) -> None:
    """The same, by a manager of the room."""
    [manager_id, *_] = [client.journal.member_id for client in run.clients if room_id in client.actor.manages]
    member_id = sockets[0].journal.member_id
    url = f"{run.cluster.servers[0].address}/v1/chat/room/{room_id}/members/{member_id}/removal"
    response = await run.http.put(url, json={"reason": "도배"}, headers={"access": make_token(manager_id)})
    await depart(run, sockets, room_id, response)


async def depart(run: Run, sockets: list[Client], room_id: int, response: httpx.Response) -> None:
    assert response.status_code == httpx.codes.OK, response.text
    now = time.monotonic()
    versions = await asyncio.to_thread(run.cluster.read_versions, [room_id])
    for client in sockets:
        client.journal.departed[room_id] = Departure(now, versions[room_id])


@contextmanager
def swallowing(proxies: list[Proxy]) -> Iterator[None]:
    """Nothing comes through; afterwards whoever comes anew is served."""
    for proxy in proxies:
        proxy.swallows = True
    try:
        yield
    finally:
        for proxy in proxies:
            proxy.swallows = False


@LENGTHS
async def test_redis_forgets_everything(unwell: Unwell, length: Length, seed: int, report: Report) -> None:
    async with loaded(unwell, length, seed, report), redis.asyncio.from_url(unwell.redis.url) as client:
        await client.flushall()


@LENGTHS
async def test_single_messages_are_lost_and_others_overtaken(
    unwell: Unwell, length: Length, seed: int, report: Report
) -> None:
    before = counts(unwell.proxies)
    with losing_and_reordering(unwell.proxies, seed):
        async with loaded(unwell, length, seed, report):
            await asyncio.sleep(length.fault_s)
    lost, reordered = (now - then for now, then in zip(counts(unwell.proxies), before, strict=True))
    report(f"{lost} layer messages lost, {reordered} overtaken")
    assert lost
    assert reordered


@contextmanager
def losing_and_reordering(proxies: list[Proxy], seed: int) -> Iterator[None]:
    for proxy in proxies:
        proxy.loses, proxy.holds = now_and_then(SHARE_LOST, seed), now_and_then(SHARE_HELD, seed + 1)
    try:
        yield
    finally:
        for proxy in proxies:
            proxy.loses = proxy.holds = never


def now_and_then(share: float, seed: int) -> Judge:
    return partial(_is_chosen, share, Random(seed))


def _is_chosen(share: float, random: Random, channel: bytes, _contents: bytes) -> bool:
    return MESSAGES in channel and random.random() < share


def never(_channel: bytes, _contents: bytes) -> bool:
    return False


def counts(proxies: list[Proxy]) -> tuple[int, int]:
    return sum(proxy.lost for proxy in proxies), sum(proxy.reordered for proxy in proxies)
