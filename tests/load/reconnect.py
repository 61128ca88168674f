"""All sockets are cut at once and come back: when has each of them what it missed, and what did that ask?"""

import asyncio
import time
from dataclasses import replace
from functools import partial

from tests.load.cost import Cost
from tests.load.crowd import CONNECT_TIMEOUT_S, Crowd
from tests.load.dialects import Seat
from tests.load.drive import Sample
from tests.load.results import GENERATOR, SERVER, Column, Part, Table, in_turns
from tests.load.systems import Stage, System, seats_in

ROOMS, PER_ROOM = 400, 5
MISSED = 3  # messages of each room while everyone is away
COMPLETE = Column("complete_s", "all complete after s", 2)
QUERIES = Column("queries", "queries per reconnect")
COLUMNS = [
    COMPLETE,
    QUERIES,
    Column("us_per_reconnect", "CPU µs per reconnect", 0),
    Column("refused", "refused and repeated", 0),
    Column("lost", "messages lost", 0),
    SERVER,
    GENERATOR,
]
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM} are cut at one moment. While they are away
{MISSED} messages are said in each room; then all come back at one moment, each with the version it knows
(`since`). Complete is a socket that was told of its subscription and has its {MISSED} messages. Queries are
those that MariaDB counted, of whatever kind, divided by the sockets."""


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    feeder_id = len(seats) + 1
    feeder_seats = [Seat(room_id, feeder_id) for room_id in range(1, ROOMS + 1)]
    system = stage.ours([*seats, *feeder_seats])
    feeder = system.new_crowd()
    await feeder.join(feeder_seats[:1])
    storm = _Storm(stage, system, feeder)
    await storm.crowd.join(seats)
    lines = await in_turns({system.name: partial(storm.sample, seats)}, rounds=rounds)
    findings = [
        f"{len(seats):,} sockets are complete after {lines[0].median('complete_s'):.1f} s, with"
        f" {lines[0].median('queries'):.1f} queries each; {lines[0].spread('lost').most:.0f} messages were lost."
    ]
    return Part("A reconnect storm", ABOUT, [Table("All at once", COLUMNS, lines)], findings)


class _Storm:
    def __init__(self, stage: Stage, system: System, feeder: Crowd) -> None:
        self._stage, self._system, self._feeder = stage, system, feeder
        self.crowd = system.crowd
        self._version = 0  # of every room

    async def sample(self, seats: list[Seat]) -> Sample:
        self.crowd.cut()
        self.crowd.meter.reset()
        known = self._version
        await asyncio.sleep(1)  # until the server has seen them go
        lost_before = self.crowd.meter.lost
        await self._say_what_is_missed()
        queries, cost, expected = self._queries(), Cost(self._system.pids), len(seats) * MISSED
        await self.crowd.join([replace(seat, since=known) for seat in seats], at_once=len(seats), patient=True)
        deadline = time.monotonic() + CONNECT_TIMEOUT_S
        while self.crowd.meter.deliveries < expected and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        spent = cost.spent()
        return {
            "complete_s": spent.wall_s,
            "queries": (self._queries() - queries) / len(seats),
            "us_per_reconnect": spent.cpu_s * 1e6 / len(seats),
            "refused": float(self.crowd.meter.lost - lost_before),
            "lost": float(expected - self.crowd.meter.deliveries),
            "server_share": spent.cpu_s / spent.wall_s,
            "generator_share": spent.own_cpu_s / spent.wall_s,
        }

    async def _say_what_is_missed(self) -> None:
        meter = self._feeder.meter
        meter.reset()
        for number in range(MISSED * ROOMS):
            self._feeder.sockets[0].say(time.monotonic_ns(), room_id=number % ROOMS + 1)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            while meter.acks < MISSED * ROOMS:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        self._version += MISSED

    def _queries(self) -> int:
        ((_name, count),) = self._stage.database.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
        return int(str(count))
