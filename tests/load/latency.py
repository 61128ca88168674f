"""How long a message takes while the server has 10,000 deliveries a second to make."""

from functools import partial

from tests.load.drive import Sample, offer
from tests.load.results import (
    ACK_P99,
    DELIVERIES,
    GENERATOR,
    MEMORY,
    P50,
    P99,
    SERVER,
    US_PER_DELIVERY,
    Part,
    Table,
    in_turns,
)
from tests.load.systems import Stage, System, seats_in

ROOMS, PER_ROOM = 50, 20
DELIVERIES_PER_S = 10_000
SAMPLE_S = 3.0
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}; {DELIVERIES_PER_S // PER_ROOM} messages a second
are sent by the clock, whatever comes back, and latency counts from when each was due: {DELIVERIES_PER_S:,}
deliveries/s. Ours stores every message in MariaDB before it delivers it; the peers store nothing. The
textbook is missing here: it cannot keep up."""
COLUMNS = [P50, P99, ACK_P99, DELIVERIES, US_PER_DELIVERY, MEMORY, SERVER, GENERATOR]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    systems = [stage.ours(seats), *stage.peers()]
    for system in systems:
        await system.crowd.join(seats)
        await _sample(system)  # warm
    lines = await in_turns({system.name: partial(_sample, system) for system in systems}, rounds=rounds)
    findings = [f"99 of 100 deliveries come within {lines[0].median('p99_ms'):.0f} ms, after the commit."]
    table = Table(f"At {DELIVERIES_PER_S:,} deliveries/s", COLUMNS, lines, plotted=P99)
    return Part("Latency", ABOUT, [table], findings)


async def _sample(system: System) -> Sample:
    rate = DELIVERIES_PER_S / PER_ROOM
    return await offer(system.crowd, per_second=rate, expected=PER_ROOM, seconds=SAMPLE_S, pids=system.pids)
