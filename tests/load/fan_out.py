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
{SOCKETS} sockets. Ours, where it is the only process at its Redis, publishes nothing there but its beats; the line
of ours with a second process publishes every message, as the peers do."""
TARGETS_US = {1: 12, 6: 6}
COLUMNS = [US_PER_DELIVERY, DELIVERIES, P50, P99, MEMORY, SERVER, GENERATOR]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(1, SOCKETS)
    systems = [stage.ours(seats), stage.floor(), *stage.peers(), *stage.textbook(seats)]
    alone, *others = systems
    variants = {1: [stage.accompanied(seats)], 6: [stage.unjoined(seats)]}  # one in flight leaves nothing to join
    for system in (*systems, *variants[1], *variants[6]):
        await system.crowd.join(seats)
        await _sample(system, in_flight=1, seconds=0.3)  # warm
    tables = []
    for in_flight in TARGETS_US:
        measured = [alone, *variants[in_flight], *others]
        measurements = {system.name: partial(_sample, system, in_flight=in_flight) for system in measured}
        lines = await in_turns(measurements, rounds=rounds)
        tables.append(Table(f"{in_flight} in flight", COLUMNS, lines, plotted=US_PER_DELIVERY))
    findings = [_cost(table, target) for table, target in zip(tables, TARGETS_US.values(), strict=True)]
    return Part("Fan-out", ABOUT, tables, [*findings, _wait_for_joining(tables[-1])])


async def _sample(system: System, *, in_flight: int, seconds: float = SAMPLE_S) -> Sample:
    return await broadcast(system.crowd, expected=SOCKETS, in_flight=in_flight, seconds=seconds, pids=system.pids)


def _cost(table: Table, target_us: int) -> str:
    ours, key = table.lines[0].median("us_per_delivery"), "us_per_delivery"

    def against(line: Line) -> str:
        return f"{times(line.median(key), ours)} times ({line.label})"

    others = [line for line in table.lines if not line.label.startswith(("this project", "floor"))]
    floor = times(ours, table.line("floor").median(key))
    return (
        f"{table.title.capitalize()}: a delivery costs {ours:.1f} µs (target: at most {target_us}),"
        f" {floor} times the floor (target: 1.3). The others cost {', '.join(against(line) for line in others)}."
    )


def _wait_for_joining(table: Table) -> str:
    joined, single = (table.lines[index].median("p99_ms") for index in (0, 1))
    return (
        f"Joined frames are there after {joined:.1f} ms (p99), frames that are not joined after {single:.1f} ms"
        " (target: at most 5 ms more with joining)."
    )
