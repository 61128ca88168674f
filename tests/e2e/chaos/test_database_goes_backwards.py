"""The database goes back to a backup under load: everybody begins anew, and says again what was lost."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.e2e.chaos.client import Client
from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.conftest import Report
from tests.e2e.chaos.journal import Setback
from tests.e2e.chaos.run import LARGE, SMALL, Run, Size
from tests.e2e.processes import manage
from tests.servers import DatabaseServer, Service

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Length:
    size: Size
    before: int  # acknowledgements
    back_s: float  # so old is the backup


SMALLER = replace(SMALL, sockets=12, rooms=4, messages_per_second=40)
SHORT, FULL = Length(SMALLER, before=30, back_s=1.5), Length(LARGE, before=1_000, back_s=10)
LENGTHS = pytest.mark.parametrize(
    "length", [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.chaos)]
)


@pytest.fixture
def database(mariadb: DatabaseServer) -> Service:
    assert mariadb.service is not None
    return mariadb.service


def data_of(database: Service) -> Path:
    [option] = [one for one in database.command if one.startswith("--datadir=")]
    return Path(option.removeprefix("--datadir="))


@contextmanager
def backup_of(database: Service) -> Iterator[Path]:
    """Its files as they lie at one moment, as a snapshot of the volume has them."""
    backup = data_of(database).with_name("backup")
    with database.paused():
        subprocess.run(["cp", "-a", "--reflink=auto", str(data_of(database)), str(backup)], check=True)
    try:
        yield backup
    finally:
        shutil.rmtree(backup, ignore_errors=True)


def put_back(database: Service, backup: Path) -> None:
    database.kill()
    shutil.rmtree(data_of(database))
    backup.rename(data_of(database))
    database.start()


def look_back(run: Run, report: Report, setback: Setback) -> None:
    acknowledged = [ack for journal in run.journals for ack in journal.acknowledged]
    now = {(ack.room_id, ack.client_id): ack for ack in acknowledged}
    again = [
        ack
        for ack in acknowledged
        if setback.backup_at < ack.at < setback.swapped_at and now[ack.room_id, ack.client_id].epoch != ack.epoch
    ]
    moved = [ack for ack in again if now[ack.room_id, ack.client_id].seq != ack.seq]
    report(f"{len(again)} acknowledged messages were said again, {len(moved)} have other numbers since")
    assert again, "nothing was lost that anybody would notice"


@LENGTHS
async def test_a_replica_takes_over_that_lacks_the_last_seconds_and_the_servers_notice(
    cluster: Cluster, database: Service, length: Length, seed: int, report: Report
) -> None:
    async with Run(cluster, size=length.size, seed=seed) as run:
        await run.until_acknowledged(length.before)
        backup_at = time.monotonic()
        with backup_of(database) as backup:
            await asyncio.sleep(length.back_s)
            run.expect_setback()
            anew = asyncio.create_task(run.until_begun_anew())
            swapped_at = time.monotonic()
            await asyncio.to_thread(put_back, database, backup)
            back_at = time.monotonic()
            epoch = await anew
        report(f"all had begun anew {time.monotonic() - back_at:.1f} s after it was back")
        await run.until_acknowledged(length.before)
        setback = Setback(backup_at, swapped_at)
        verdict = await run.settle(setback)

    report(str(verdict))
    look_back(run, report, setback)
    assert not verdict.faults
    told = {client.epoch for client in run.clients if isinstance(client, Client)}
    assert told == {epoch}, "one epoch is enough"


@pytest.mark.chaos
@LENGTHS
async def test_a_backup_is_put_back_while_the_servers_are_down_and_the_operator_says_so(
    cluster: Cluster, database: Service, length: Length, seed: int, report: Report
) -> None:
    async with Run(cluster, size=length.size, seed=seed) as run:
        await run.until_acknowledged(length.before)
        backup_at = time.monotonic()
        with backup_of(database) as backup:
            await asyncio.sleep(length.back_s)
            run.expect_setback()
            swapped_at = time.monotonic()
            for server in cluster.servers:
                server.kill()
            await asyncio.to_thread(put_back, database, backup)
        said = await asyncio.to_thread(manage, cluster.servers[0].env, "new_epoch")
        anew = asyncio.create_task(run.until_begun_anew())
        for server in cluster.servers:
            await asyncio.to_thread(server.start)
        assert await anew in said
        await run.until_acknowledged(length.before)
        setback = Setback(backup_at, swapped_at)
        verdict = await run.settle(setback)

    report(str(verdict))
    look_back(run, report, setback)
    assert not verdict.faults
