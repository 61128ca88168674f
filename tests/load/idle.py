"""Sockets that only listen: what one costs in memory, and how fast they come."""

import asyncio
from functools import partial

from tests.load.cost import Cost, memory_kib
from tests.load.drive import Sample
from tests.load.results import GENERATOR, SERVER, Column, Measurement, Part, Table, in_turns
from tests.load.systems import Stage, System, seats_in

ROOMS, OTHERS_ROOMS, PER_ROOM = 1_000, 200, 5
SETTLE_S = 1.0
KIB_PER_SOCKET = Column("kib_per_socket", "memory KiB per socket")
CONNECTS = Column("connects_per_s", "connects/s", 0)
COLUMNS = [KIB_PER_SOCKET, CONNECTS, Column("us_per_connect", "CPU µs per connect", 0), SERVER, GENERATOR]
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets come, 50 handshakes at a time, and listen to {ROOMS:,} rooms of {PER_ROOM};
nobody speaks. For each of ours the token is verified, the member looked up, and the membership checked at the
subscription; the textbook's and the peers' check nothing. Memory is that of the server process afterwards
less that before, in a new process for each sample."""


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    measurements: dict[str, Measurement] = {}
    for system in (stage.ours(seats), stage.textbook(seats)[0], *stage.peers()):
        rooms = OTHERS_ROOMS if measurements else ROOMS
        label = f"{system.name}, {rooms * PER_ROOM:,} sockets"
        measurements[label] = partial(_sample, system, rooms)
    lines = await in_turns(measurements, rounds=rounds)
    table = Table("Sockets that only listen", COLUMNS, lines, plotted=KIB_PER_SOCKET)
    findings = [
        f"{lines[0].median('kib_per_socket'):.0f} KiB a socket,"
        f" {lines[0].median('connects_per_s'):.0f} connects/s of one process, token and membership checked"
        " (targets: at most 45 KiB, at least 400/s)."
    ]
    return Part("Idle sockets", ABOUT, [table], findings)


async def _sample(system: System, rooms: int) -> Sample:
    for service in system.services:
        service.kill()
        service.start()
    crowd, seats = system.new_crowd(), seats_in(rooms, PER_ROOM)
    await crowd.join(seats[:50])  # what is loaded once is no socket's
    before, cost = memory_kib(system.pids), Cost(system.pids)
    await crowd.join(seats[50:])
    spent, joined = cost.spent(), len(seats) - 50
    await asyncio.sleep(SETTLE_S)
    sample = {
        "kib_per_socket": (memory_kib(system.pids) - before) / joined,
        "connects_per_s": joined / spent.wall_s,
        "us_per_connect": spent.cpu_s * 1e6 / joined,
        "server_share": spent.cpu_s / spent.wall_s,
        "generator_share": spent.own_cpu_s / spent.wall_s,
    }
    crowd.cut()
    return sample
