"""Servers, the database and the main server die, hang and lie: every event arrives, of each room in its order."""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest

from tests.chatproject.outgoing.receiver import receiving
from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.events import Moody, Outbox, faults, until
from tests.e2e.chaos.run import Run, Size
from tests.e2e.processes import Process
from tests.servers import DatabaseServer

pytestmark = pytest.mark.e2e

STEPS = 10
ENDS_WITHIN_S = 120.0  # what was refused twice waits for half a minute


@dataclass(frozen=True)
class Length:
    size: Size
    acknowledged: int  # messages and acts, of which nearly each is an event
    waits_for_leases: bool


SHORT = Length(Size(sockets=16, rooms=10, rooms_each=3, messages_per_second=40), 300, waits_for_leases=False)
FULL = Length(Size(sockets=80, rooms=50, rooms_each=2, messages_per_second=120), 10_000, waits_for_leases=True)
LENGTHS = [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.chaos)]


def subscribe(outbox: Outbox, cluster: Cluster) -> None:
    """While no server runs: so each knows from its first message on who is told of it."""
    for server in cluster.servers:
        server.kill()
    outbox.subscribe()
    for server in cluster.servers:
        server.start()


async def holder_of(outbox: Outbox, cluster: Cluster) -> Process:
    """The server that sends."""
    await until(outbox.holder_pid, seconds=ENDS_WITHIN_S)
    pid = await asyncio.to_thread(outbox.holder_pid)
    [holder] = [server for server in cluster.servers if server.pid == pid]
    return holder


async def until_said(run: Run, more: int) -> None:
    """In steps: each is waited for as long as anything."""
    for _step in range(STEPS):
        await run.until_acknowledged(more // STEPS)


@pytest.mark.parametrize("length", LENGTHS)
async def test_every_event_arrives_and_those_of_a_room_in_order(
    cluster: Cluster, mariadb: DatabaseServer, length: Length, seed: int, report: Report
) -> None:
    assert mariadb.service is not None
    part = length.acknowledged // 5
    async with receiving() as receiver:
        receiver.behave = moody = Moody(Random(seed))
        outbox = Outbox(cluster, receiver)
        await asyncio.to_thread(subscribe, outbox, cluster)
        async with Run(cluster, size=length.size, seed=seed) as run:
            await until_said(run, part)
            victim = await holder_of(outbox, cluster)
            victim.kill()
            if not length.waits_for_leases:
                await asyncio.to_thread(outbox.let_lease_run_out)
            await until_said(run, part)
            await asyncio.to_thread(victim.start)
            mariadb.service.kill()
            await asyncio.to_thread(mariadb.service.start)
            await until_said(run, part)
            await receiver.go()
            await until_said(run, part)
            await receiver.come()
            await until_said(run, part)
            await run.settle()
        moody.wants_none = not await asyncio.to_thread(outbox.all_are_delivered)
        if moody.wants_none:
            await until(outbox.has_ended, seconds=ENDS_WITHIN_S)
            moody.wants_none = False
            await asyncio.to_thread(outbox.take_up_again)
        await until(outbox.all_are_delivered, seconds=ENDS_WITHIN_S)
        told, said = outbox.numbers(), outbox.said(run.room_ids)
        outbox.remove()

    events = {one.event["number"]: one.event for one in receiver.taken}
    report(f"{len(events)} events came in {len(receiver.taken)} requests")
    assert faults(receiver.taken) == []
    assert set(events) == told
    messages = [event["data"] for event in events.values() if event["type"] == "message"]
    assert {(message["roomId"], message["seq"]) for message in messages} == said
    assert len(messages) == len(said)
    assert len(events) > 0.9 * length.acknowledged
