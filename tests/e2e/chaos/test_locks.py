"""Somebody else's locks are in the way: deadlocks and lock time-outs are got over, no batch is stored by half."""

import asyncio
import time
from dataclasses import dataclass

import pytest

from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.delays import answer_delays, in_words
from tests.e2e.chaos.locks import Intruder, count_deadlocks, intruder
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size

pytestmark = pytest.mark.e2e

TOLD_WITHIN_S = 5.0
LOCK_TIMEOUT_S = 3.0  # the servers' innodb_lock_wait_timeout


@dataclass(frozen=True)
class Length:
    size: Size
    before: int  # acknowledgements
    plants: int
    locked_s: tuple[float, ...]  # beyond LOCK_TIMEOUT_S


SHORT = Length(SMALL, before=40, plants=5, locked_s=(LOCK_TIMEOUT_S + 0.7,))
FULL = Length(LARGE, before=500, plants=100, locked_s=(LOCK_TIMEOUT_S + 0.7, 2 * LOCK_TIMEOUT_S + 2, 15.0))
LENGTHS = pytest.mark.parametrize(
    "length", [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.chaos)]
)


@LENGTHS
async def test_deadlocks_are_planted(cluster: Cluster, length: Length, seed: int, report: Report) -> None:
    before = await asyncio.to_thread(count_deadlocks, cluster)
    with intruder(cluster) as stranger:
        async with Run(cluster, size=length.size, seed=seed) as run:
            await run.until_acknowledged(length.before)
            for _plant in range(length.plants):
                await plant_deadlock(stranger, run)
            verdict = await run.settle()

    deadlocks = await asyncio.to_thread(count_deadlocks, cluster) - before
    report(f"{verdict}; {deadlocks} deadlocks of {length.plants} planted")
    assert deadlocks
    assert not verdict.faults
    refused = [answer for journal in run.journals for answer in journal.answered if answer.code]
    assert not refused, "a deadlock reached a client"


async def plant_deadlock(stranger: Intruder, run: Run) -> None:
    """Lock the later rooms, let batches that lock earlier ones come, then want the earlier ones too.

    Return when what was said meanwhile is stored: no batch meets two of these.
    """
    middle = len(run.room_ids) // 2
    await asyncio.to_thread(stranger.gain_weight)
    await asyncio.to_thread(stranger.lock, run.room_ids[middle:])
    for client in run.clients:
        client.say(run.random.choice(list(client.places)))
    await asyncio.to_thread(stranger.wait_for_somebody_to_wait)
    await asyncio.to_thread(stranger.lock, run.room_ids[:middle])
    await asyncio.to_thread(stranger.release)
    await run.until_acknowledged(len(run.clients))


@LENGTHS
async def test_locks_are_held_for_longer_than_anyone_waits(
    cluster: Cluster, length: Length, seed: int, report: Report
) -> None:
    with intruder(cluster) as stranger:
        async with Run(cluster, size=length.size, seed=seed) as run:
            for locked_s in length.locked_s:
                await run.until_acknowledged(length.before)
                began = time.monotonic()
                await asyncio.to_thread(stranger.lock, run.room_ids)
                await asyncio.sleep(locked_s)
                await asyncio.to_thread(stranger.release)
            verdict = await run.settle()

    # what was sent later is answered while thousands of messages are let out, and waits here to be read
    until = max(began + locked_s - TOLD_WITHIN_S, began + LOCK_TIMEOUT_S)
    answers = answer_delays(run.journals, sent_between=(began, until))
    report(f"{verdict}; answers to what was sent under the last locks: {in_words(answers)}")
    assert not verdict.faults
    assert answers[-1] < TOLD_WITHIN_S + run.lateness.seconds
