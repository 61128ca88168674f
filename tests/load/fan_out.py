"""One room with many listeners: what a delivery costs the server, against everything one would pick instead."""

from functools import partial

from tests.load.drive import Sample, broadcast
from tests.load.results import (
    DELIVERIES,
    GENERATOR,
    MEMORY,
    P50,
    P99,
    SERVER,
    US_PER_DELIVERY,
    Line,
    Part,
    Table,
    in_turns,
    times,
)
from tests.load.systems import Stage, System, seats_in

SOCKETS = 500
SAMPLE_S = 1.0
ABOUT = f"""\
{SOCKETS} sockets listen to one room, Redis is on. So many messages are in flight: when the last socket has
one, the next is sent. Ours and the textbook's store every message in MariaDB; the peers and the floor store
nothing. Latency is from send to receive, over all sockets; it includes the generator's own reading of
{SOCKETS} sockets."""
COLUMNS = [US_PER_DELIVERY, DELIVERIES, P50, P99, MEMORY, SERVER, GENERATOR]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(1, SOCKETS)
    systems = [stage.ours(seats), stage.floor(), *stage.peers(), *stage.textbook(seats)]
    for system in systems:
        await system.crowd.join(seats)
        await _sample(system, in_flight=1, seconds=0.3)  # warm
    tables = []
    for in_flight in (1, 6):
        measurements = {system.name: partial(_sample, system, in_flight=in_flight) for system in systems}
        lines = await in_turns(measurements, rounds=rounds)
        tables.append(Table(f"{in_flight} in flight", COLUMNS, lines, plotted=US_PER_DELIVERY))
    return Part("Fan-out", ABOUT, tables, [finding for table in tables for finding in _findings(table)])


async def _sample(system: System, *, in_flight: int, seconds: float = SAMPLE_S) -> Sample:
    return await broadcast(system.crowd, expected=SOCKETS, in_flight=in_flight, seconds=seconds, pids=system.pids)


def _findings(table: Table) -> list[str]:
    ours, key = table.lines[0].median("us_per_delivery"), "us_per_delivery"

    def against(line: Line) -> str:
        return f"{times(line.median(key), ours)} times ({line.label})"

    others = [line for line in table.lines[1:] if not line.label.startswith("floor")]
    floor = times(ours, table.line("floor").median(key))
    return [
        f"{table.title.capitalize()}: a delivery costs {ours:.1f} µs, {floor} times the floor. The others cost "
        + ", ".join(against(line) for line in others)
        + "."
    ]
