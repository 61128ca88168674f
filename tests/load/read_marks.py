"""A room where everybody reads every message: what their read marks cost, together and one by one."""

import asyncio
import json
import time
from functools import partial

from tests.load.cost import Cost
from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample
from tests.load.results import GENERATOR, SERVER, Column, Part, Table, in_turns, times
from tests.load.systems import Stage, System, seats_in
from tests.websocket import masked

MEMBERS, BEFORE = 300, 100  # so many were told of marks before
MESSAGES = 5
TIMEOUT_S = 60.0
MS_PER_MESSAGE = Column("ms_per_message", "CPU ms per message and its marks", 0)
ALL_KNOW = Column("all_know_ms", "everybody knows after ms", 0)
COLUMNS = [MS_PER_MESSAGE, ALL_KNOW, SERVER, GENERATOR]
ABOUT = f"""\
All members of a room listen to it, and each reads each message: as many `read` frames come in at one time, and
every member is told of every other one's mark. Ours writes the marks with few statements and tells them together;
the line of marks one by one is ours as it was before, with three queries and a write to every socket for each,
in rooms of at most {BEFORE} members. Everybody knows when the last socket was told the last mark, since it had the
message; a half second of it is meant."""


class Readers(OurDialect):
    """Counts what comes of read marks."""

    def __init__(self) -> None:
        self.told = 0
        self.wanted = 0
        self.all_told = asyncio.Event()

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b'{"type":"read"'):
            self.told += 1
            if self.told >= self.wanted:
                self.all_told.set()
            return None, False
        return super().reaction(seat, payload)


def read_frame(seat: Seat) -> bytes:
    """Up to the newest message."""
    return json.dumps({"type": "read", "roomId": seat.room_id, "seq": 2**62, "id": "r"}).encode()


async def measure(stage: Stage, rounds: int) -> Part:
    small, large = seats_in(1, BEFORE), seats_in(1, MEMBERS)
    systems = [
        (stage.ours(small, name=f"this project, {BEFORE} members"), small),
        (stage.one_by_one(small), small),
        (stage.ours(large, name=f"this project, {MEMBERS} members"), large),
    ]
    for system, seats in systems:
        system.dialect = Readers()
        system.crowd = system.new_crowd()
        await system.crowd.join(seats)
        await _sample(system, messages=1)  # warm
    lines = await in_turns({system.name: partial(_sample, system) for system, _seats in systems}, rounds=rounds)
    together, single, most = (line.median("ms_per_message") for line in lines)
    finding = (
        f"A message that {BEFORE} members read at one time costs {together:.0f} ms of CPU with all their marks,"
        f" one by one {times(single, together)} times as much; {MEMBERS} members cost {most:.0f} ms."
    )
    return Part("Read marks", ABOUT, [Table("Everybody reads at once", COLUMNS, lines)], [finding])


async def _sample(system: System, *, messages: int = MESSAGES) -> Sample:
    cost, waited = Cost(system.pids), 0.0
    for _message in range(messages):
        waited += await _say_and_read(system)
    spent = cost.spent()
    return {
        "ms_per_message": spent.cpu_s * 1e3 / messages,
        "all_know_ms": waited * 1e3 / messages,
        "server_share": spent.cpu_s / spent.wall_s,
        "generator_share": spent.own_cpu_s / spent.wall_s,
    }


async def _say_and_read(system: System) -> float:
    """Seconds until every socket was told every mark."""
    crowd, readers = system.crowd, system.dialect
    assert isinstance(readers, Readers)
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    members = len(crowd.sockets)
    crowd.meter.expected = members
    crowd.meter.on_complete = lambda _stamp: heard.set_result(None)
    readers.told, readers.wanted = 0, members * (members - 1)  # who spoke has read by that
    readers.all_told.clear()
    async with asyncio.timeout(TIMEOUT_S):
        crowd.sockets[0].say(time.monotonic_ns())
        await heard
        began = time.monotonic()
        for socket in crowd.sockets[1:]:
            socket.transport.write(masked(read_frame(socket.seat)))
        await readers.all_told.wait()
    return time.monotonic() - began
