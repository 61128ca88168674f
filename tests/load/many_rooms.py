"""Many small rooms, every message stored: how many a second are acknowledged, and how fast at half of that."""

from collections.abc import Sequence
from functools import partial

from tests.load.drive import Sample, converse, offer
from tests.load.results import (
    ACK_P50,
    ACK_P99,
    GENERATOR,
    MEMORY,
    MESSAGES,
    P99,
    SERVER,
    US_PER_MESSAGE,
    Line,
    Part,
    Table,
    in_turns,
    times,
)
from tests.load.systems import Stage, System, seats_in

ROOMS, PER_ROOM = 200, 5
SAMPLE_S = 2.0
P99_LIMIT_MS = 100.0
OURS_OUTSTANDING, TEXTBOOK_OUTSTANDING = (64, 128, 256, 384), (4, 8, 16, 32)
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}; every message is stored in MariaDB with full
durability, acknowledged after the commit and delivered to the room's {PER_ROOM} sockets. The maximum is the
highest rate at which 99 of 100 acknowledgements come within {P99_LIMIT_MS:.0f} ms; the number of
unacknowledged messages that reaches it is found first. The textbook's acknowledgement is its own message
coming back. MariaDB, Redis and the generator share the machine's cores with the server."""
COLUMNS = [MESSAGES, US_PER_MESSAGE, ACK_P50, ACK_P99, P99, MEMORY, SERVER, GENERATOR]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    systems = {system.name: system for system in (stage.ours(seats), *stage.textbook(seats))}
    outstanding = {}
    for name, system in systems.items():
        await system.crowd.join(seats)
        ladder = OURS_OUTSTANDING if name == next(iter(systems)) else TEXTBOOK_OUTSTANDING
        outstanding[name] = await _best(system, ladder)
    most = await in_turns(
        {
            f"{name}, {outstanding[name]} outstanding": partial(_at_most, system, outstanding[name])
            for name, system in systems.items()
        },
        rounds=rounds,
    )
    rates = {name: line.median("messages_per_s") for name, line in zip(systems, most, strict=True)}
    half = await in_turns(
        {
            f"{name}, {rates[name] / 2:.0f}/s": partial(_at, system, rates[name] / 2)
            for name, system in systems.items()
        },
        rounds=rounds,
    )
    tables = [Table("The maximum", COLUMNS, most, plotted=MESSAGES), Table("Half of it", COLUMNS, half)]
    return Part("Many rooms, every message stored", ABOUT, tables, _findings(most, half))


async def _best(system: System, ladder: Sequence[int]) -> int:
    """How many outstanding messages give the highest rate within the limit."""
    found = {step: await _at_most(system, step) for step in ladder}
    within = [step for step, sample in found.items() if sample["ack_p99_ms"] <= P99_LIMIT_MS]
    return max(within or ladder[:1], key=lambda step: found[step]["messages_per_s"])


async def _at_most(system: System, outstanding: int) -> Sample:
    return await converse(
        system.crowd, outstanding=outstanding, expected=PER_ROOM, seconds=SAMPLE_S, pids=system.pids
    )


async def _at(system: System, per_second: float) -> Sample:
    return await offer(system.crowd, per_second=per_second, expected=PER_ROOM, seconds=SAMPLE_S, pids=system.pids)


def _findings(most: list[Line], half: list[Line]) -> list[str]:
    ours, *textbook = [line.median("messages_per_s") for line in most]
    ratios = " and ".join(times(ours, other) for other in textbook)
    return [
        f"{ours:.0f} messages/s stored and acknowledged, {ratios} times the textbook on uvicorn and on daphne.",
        f"At half of that 99 of 100 acknowledgements come within {half[0].median('ack_p99_ms'):.0f} ms.",
    ]
