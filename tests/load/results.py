"""What a part found: lines of samples, in tables; and taking samples in turns. No I/O."""

import math
import statistics
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec

from tests.load.drive import Sample


class Column(msgspec.Struct, frozen=True):
    """A measure of the samples; `digits` after the point, None where the lines differ: three that count."""

    key: str
    heading: str
    digits: int | None = 1

    def text(self, value: float) -> str:
        digits = self.digits
        if digits is None:
            digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
        return f"{value:,.{digits}f}"


class Spread(NamedTuple):
    least: float
    median: float
    most: float


class Line(msgspec.Struct):
    label: str
    samples: list[Sample]

    def spread(self, key: str) -> Spread:
        values = [sample[key] for sample in self.samples]
        return Spread(min(values), statistics.median(values), max(values))

    def has(self, key: str) -> bool:
        return all(key in sample for sample in self.samples)

    def median(self, key: str) -> float:
        return self.spread(key).median


class Table(msgspec.Struct):
    """`plotted` is the measure that its bars show."""

    title: str
    columns: list[Column]
    lines: list[Line]
    plotted: Column | None = None

    def line(self, start: str) -> Line:
        return next(line for line in self.lines if line.label.startswith(start))


class Part(msgspec.Struct):
    """`about` says what was done; `findings` are sentences drawn from the figures."""

    title: str
    about: str
    tables: list[Table]
    findings: list[str] = []


US_PER_DELIVERY = Column("us_per_delivery", "CPU µs per delivery")
US_PER_MESSAGE = Column("us_per_message", "CPU µs per message", 0)
DELIVERIES = Column("deliveries_per_s", "deliveries/s", 0)
MESSAGES = Column("messages_per_s", "messages/s", 0)
P50, P99 = Column("p50_ms", "p50 ms"), Column("p99_ms", "p99 ms")
ACK_P50, ACK_P99 = Column("ack_p50_ms", "ack p50 ms"), Column("ack_p99_ms", "ack p99 ms")
MEMORY = Column("memory_mib", "memory MiB", 0)
GENERATOR = Column("generator_percent", "generator's CPU %", 0)
SERVER = Column("server_percent", "server's CPU %", 0)

Measurement = Callable[[], Awaitable[Sample]]


async def in_turns(measurements: Mapping[str, Measurement], *, rounds: int) -> list[Line]:
    """One sample of each, `rounds` times, so that what else the machine does meets all alike."""
    lines = {label: Line(label, []) for label in measurements}
    labels = list(measurements)
    for number in range(rounds):
        start = number % len(labels)
        for label in labels[start:] + labels[:start]:
            try:
                sample = await measurements[label]()
            except Exception as error:
                error.add_note(f"while measuring {label}")
                raise
            for share in ("generator", "server"):
                if f"{share}_share" in sample:
                    sample[f"{share}_percent"] = 100 * sample.pop(f"{share}_share")
            lines[label].samples.append(sample)
    return list(lines.values())


def times(one: float, other: float) -> str:
    """How many times `other` is in `one`, as people write it."""
    ratio = one / other
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
