"""The database dies or freezes under load: senders are told, what needs none of it goes on, it heals by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import acknowledged_between, answer_delays, in_words, percentile
from tests.e2e.chaos.probe import Probe, probing
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size
from tests.servers import DatabaseServer, Service

pytestmark = pytest.mark.e2e

TOLD_WITHIN_S = 5.0
SENT_IN_TIME_S = 0.5  # before the fault ended: what was sent later was answered by the healed database
TYPING_INTERVAL_S = 0.5
LOOP_LAG_S = 0.2  # of the median ping: single ones wait for their turn on a busy machine


@dataclass(frozen=True)
class Length:
    size: Size
    before: int  # acknowledgements
    fault_s: float
    in_javascript: bool = False


SHORT, FULL = Length(SMALL, before=60, fault_s=6), Length(LARGE, before=1_000, fault_s=20)
LENGTHS = pytest.mark.parametrize(
    "length",
    [
        pytest.param(SHORT, id="short"),
        pytest.param(replace(SHORT, in_javascript=True), id="short-javascript"),
        pytest.param(FULL, id="full", marks=pytest.mark.chaos),
    ],
)


@pytest.fixture
def database(mariadb: DatabaseServer) -> Service:
    assert mariadb.service is not None
    return mariadb.service


@asynccontextmanager
async def probed(run: Run) -> AsyncIterator[list[Probe]]:
    """Two members that listen to one room at each server, and ping all the while."""
    [room_id] = await asyncio.to_thread(run.cluster.add_rooms, 1)
    member_ids = await asyncio.to_thread(run.cluster.add_members, 2)
    await asyncio.to_thread(run.cluster.join, {member_id: [room_id] for member_id in member_ids})
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(probing(server.address, member_id, room_id))
            for server in run.cluster.servers
            for member_id in member_ids
        ]


async def type_and_hear(probes: list[Probe]) -> None:
    """What is never stored reaches everyone else in the room, on every server; once may be lost on the way."""
    speaker = probes[0]
    subscribed = await speaker.hear("subscribed")
    typing = asyncio.create_task(type_on(speaker, subscribed["roomId"]))
    try:
        await asyncio.gather(*(probe.hear("typing") for probe in probes[1::2]))
    finally:
        typing.cancel()


async def type_on(speaker: Probe, room_id: int) -> None:
    while True:
        speaker.send({"type": "typing", "roomId": room_id})
        await asyncio.sleep(TYPING_INTERVAL_S)


def look_back(run: Run, probes: list[Probe], report: Report, *, began: float, ended: float) -> None:
    answers = answer_delays(run.journals, sent_between=(began, ended - SENT_IN_TIME_S))
    lags = sorted(delay for probe in probes for delay in probe.delays)
    last_second = acknowledged_between(run.journals, ended - 1, ended)
    report(
        f"answers to what was sent meanwhile: {in_words(answers)}; {last_second} acknowledged in its last second"
    )
    report(f"pings: {in_words(lags)}")
    assert answers[-1] < TOLD_WITHIN_S + run.lateness.seconds
    assert last_second == 0, "the database was not away"
    assert percentile(lags, 0.5) < LOOP_LAG_S


@LENGTHS
async def test_the_database_freezes(
    cluster: Cluster, database: Service, length: Length, seed: int, report: Report
) -> None:
    async with (
        Run(cluster, size=length.size, seed=seed, in_javascript=length.in_javascript) as run,
        probed(run) as probes,
    ):
        await run.until_acknowledged(length.before)
        began = time.monotonic()
        with database.paused():
            await type_and_hear(probes)
            await asyncio.sleep(length.fault_s)
        ended = time.monotonic()
        await run.until_acknowledged(length.before)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    assert not any(journal.closed for journal in run.journals), "somebody lost the socket"
    if not length.in_javascript:
        look_back(run, probes, report, began=began, ended=ended)


@LENGTHS
async def test_the_database_is_killed_and_restarted(
    cluster: Cluster, database: Service, length: Length, seed: int, report: Report
) -> None:
    async with (
        Run(cluster, size=length.size, seed=seed, in_javascript=length.in_javascript) as run,
        probed(run) as probes,
    ):
        await run.until_acknowledged(length.before)
        database.kill()
        began = time.monotonic()
        await type_and_hear(probes)
        await asyncio.sleep(length.fault_s / 2)
        ended = time.monotonic()
        await asyncio.to_thread(database.start)
        await run.until_acknowledged(length.before)
        verdict = await run.settle()

    report(str(verdict))
    assert not verdict.faults
    assert not any(journal.closed for journal in run.journals), "somebody lost the socket"
    if not length.in_javascript:
        look_back(run, probes, report, began=began, ended=ended)
