"""What traces cost: off, and on with one message in a hundred sampled and sent to a collector."""

from tests.collector import running_collector
from tests.load.beside import House, Measured, builds_of, in_rounds, open_house, open_houses
from tests.load.results import ACK_P50, ACK_P99, MESSAGES, SERVER, US_PER_MESSAGE, Column, Line, Part, Table
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM = 200, 5
STEPS = {"500 a second": "rate:500:4", "64 unacknowledged": "conv:64:4"}
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}, every message stored in MariaDB: 500 a second by the
clock, then 64 members who say the next when the last is acknowledged. The server has a core of its own, in which
the exporter's thread counts too; the collector is a real one over HTTP."""
COLUMNS = [US_PER_MESSAGE, MESSAGES, ACK_P50, ACK_P99, SERVER]
RATIO = Column("ratio", "times", 3)


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    with running_collector() as collector:
        off, *before = open_houses(stage, seats)
        sampled = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG": "0.01",
        }
        on = open_house(stage, builds_of(None)[0], seats, settings=sampled)
        houses = {"off": off, "1 % sampled": on, **{house.build.name: house for house in before}}

        def play(house: House) -> Measured:
            found = house.play(*STEPS.values())
            return {work: found[step] for work, step in STEPS.items()}

        found = in_rounds(list(houses.values()), play, rounds=rounds)
        spans = len(collector.spans)
    lines = [
        Line(f"{work}, traces {name}" if name in ("off", "1 % sampled") else f"{work}, {name}", line.samples)
        for work, of_work in zip(STEPS, found, strict=True)
        for name, line in zip(houses, of_work, strict=True)
    ]
    ratios = [
        _ratio(work, of_work[1], of_work[0], "1 % sampled by off")
        for work, of_work in zip(STEPS, found, strict=True)
    ]
    if before:
        ratios += [
            _ratio(work, of_work[0], of_work[2], f"off by {before[0].build.name}")
            for work, of_work in zip(STEPS, found, strict=True)
        ]
    findings = [f"{line.label}: {line.median('ratio'):.3f} times the CPU a message." for line in ratios]
    tables = [
        Table("CPU a message, by that of the same round", [RATIO], ratios, plotted=RATIO),
        Table("What was measured", COLUMNS, lines, plotted=COLUMNS[0]),
    ]
    return Part("Traces", ABOUT, tables, [*findings, f"The collector took {spans:,} spans."])


def _ratio(work: str, one: Line, other: Line, words: str) -> Line:
    key = "us_per_message"
    samples = [{"ratio": a[key] / b[key]} for a, b in zip(one.samples, other.samples, strict=True)]
    return Line(f"{work}, {words}", samples)
