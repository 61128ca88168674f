"""`python -m tests.load.recording`: what it costs to store messages where a main server is told of each.

In turns, batch by batch in one process: for nobody, and for an endpoint that subscribed to everything. So whatever
else the machine does meets both. MariaDB with full durability, rooms and texts as in `store`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import django

from tests.load.store import PER_ROOM, ROOMS
from tests.load.store_calls import TEXT, seat
from tests.load.systems import PROJECT, seats_in, stage
from tests.servers import private_mariadb

MOST = 1.15  # times what it costs without, of plain messages; two events each are shown beside
SIZES = {256: 120, 64: 300, 8: 600, 1: 1_500}  # messages a batch, and batches of each side
WARM = 10


class Cost(NamedTuple):
    """Of one side, a batch's median in ms, and the process's CPU in µs a message."""

    ms: float
    us: float


def compare(size: int, batches: int, *, mentions: bool) -> tuple[Cost, Cost]:
    """Without, and with."""
    from chatproject.outgoing.models import Endpoint, Kind
    from chatproject.outgoing.subscriptions import NOBODY, Subscribed, read_subscribed
    from messaging.store.services import Draft, store_batch

    Endpoint.objects.get_or_create(url="https://main.example", defaults={"kinds": Kind.values})
    sides: tuple[Subscribed, ...] = (NOBODY, read_subscribed())
    waits: tuple[list[float], ...] = ([], [])
    cpu = [0.0, 0.0]
    for turn in range(2 * (batches + WARM)):
        side = turn % 2
        places = [seat(ROOMS, PER_ROOM) for _ in range(size)]
        named = [(member_id % (ROOMS * PER_ROOM) + ROOMS,) if mentions else () for _room_id, member_id in places]
        drafts = [
            Draft(room_id, member_id, TEXT, uuid.uuid4().hex, mentions=others)
            for (room_id, member_id), others in zip(places, named, strict=True)
        ]
        wall, spent = time.perf_counter(), time.process_time()
        store_batch(drafts, now=datetime.now(UTC), subscribed=sides[side])
        if turn >= 2 * WARM:
            waits[side].append(time.perf_counter() - wall)
            cpu[side] += time.process_time() - spent
    without, with_it = (
        Cost(statistics.median(found) * 1e3, spent / batches / size * 1e6)
        for found, spent in zip(waits, cpu, strict=True)
    )
    return without, with_it


def measure() -> None:
    """In a process with the environment of a chat."""
    django.setup()
    found = {
        (size, mentions): compare(size, batches, mentions=mentions)
        for mentions in (False, True)
        for size, batches in SIZES.items()
    }
    print(json.dumps([[*key, *costs] for key, costs in found.items()]))


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="chat-bench-") as logs,
        private_mariadb() as database,
        stage(database, Path(logs)) as servers,
    ):
        env = servers.new_chat(seats_in(ROOMS, PER_ROOM)) | {"DJANGO_SETTINGS_MODULE": "chatproject.settings"}
        command = [sys.executable, "-m", "tests.load.recording", "measure"]
        done = subprocess.run(command, env=os.environ | env, cwd=PROJECT, check=True, capture_output=True)
    print(
        f"{'messages a batch':32}{'ms':>8}{'told':>8}{'times':>8}{'CPU':>8}{'told':>8}   ms a batch, µs a message"
    )
    ratios = []
    for size, mentions, without, with_it in json.loads(done.stdout):
        before, after = Cost(*without), Cost(*with_it)
        ratio = after.ms / before.ms
        if not mentions:
            ratios.append(ratio)
        name = f"{size}, each mentions somebody" if mentions else str(size)
        print(f"{name:32}{before.ms:8.2f}{after.ms:8.2f}{ratio:8.3f}{before.us:8.0f}{after.us:8.0f}")
    return int(max(ratios) > MOST)


run: Callable[[], int | None] = measure if sys.argv[1:] == ["measure"] else main

if __name__ == "__main__":
    sys.exit(run())
