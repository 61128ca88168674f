"""What a message costs that nobody shares a batch with, and how the writer does where many wait."""

from tests.load.beside import House, Measured, Target, compared, in_rounds, open_houses
from tests.load.dialects import Seat
from tests.load.results import (
    ACK_P50,
    ACK_P99,
    GENERATOR,
    MEMORY,
    MESSAGES,
    P50,
    P99,
    SERVER,
    US_PER_MESSAGE,
    Column,
    Part,
    Table,
)
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM, SMALL_ROOM = 200, 5, 10
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}: 500 messages a second by the clock, then 64 and 256 of
as many members unacknowledged; and a room of {SMALL_ROOM} where the next message is sent when all have the last.
Every message is stored in MariaDB. The server has a core of its own, the generator is written in C."""
BY_CLOCK = f"{ROOMS} rooms of {PER_ROOM}, 500 a second"
SOME, MANY = (f"{ROOMS} rooms of {PER_ROOM}, {count} unacknowledged" for count in (64, 256))
SMALL = f"a room of {SMALL_ROOM}, one in flight"
CLOCK_STEP, SMALL_STEP = "rate:500:3", "fan:1:2"
CROWDED = {SOME: "conv:64:2", MANY: "conv:256:3"}
WITH_DATABASE = Column("us_per_message_with_database", "with the database's", 0)
COLUMNS = [US_PER_MESSAGE, WITH_DATABASE, MESSAGES, P50, P99, ACK_P50, ACK_P99, MEMORY, SERVER, GENERATOR]
TARGETS = [
    Target(BY_CLOCK, "us_per_message", "CPU µs a message", 0.5),
    Target(BY_CLOCK, "us_per_message_with_database", "with the database's", 0.7),
    Target(SMALL, "us_per_message", "CPU µs a message", 0.5),
    Target(SMALL, "p50_ms", "p50 in ms", 1.0),
    Target(SOME, "messages_per_s", "messages a second", 1.5, at_least=True),
    Target(MANY, "ack_p99_per_p50", "ack p99 by ack p50", 2.5, itself=True),
]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    houses = open_houses(stage, seats)
    small = [Seat(ROOMS + 1, len(seats) + number + 1) for number in range(SMALL_ROOM)]
    small_houses = open_houses(stage, small)

    def play_quietly(house: House) -> Measured:
        small_house = small_houses[houses.index(house)]
        by_clock, in_small = house.play(CLOCK_STEP)[CLOCK_STEP], small_house.play(SMALL_STEP)[SMALL_STEP]
        return {BY_CLOCK: by_clock, SMALL: in_small}

    def play_crowded(house: House) -> Measured:
        found = house.play(*CROWDED.values())
        return {work: found[step] for work, step in CROWDED.items()}

    # apart: the signatures of a crowd's messages, for searches, are made half a minute later, in the same process
    found = in_rounds(houses, play_quietly, rounds=rounds) + in_rounds(houses, play_crowded, rounds=rounds)
    ratios, findings = compared(found, TARGETS)
    table = Table("What was measured", COLUMNS, [line for lines in found for line in lines], plotted=COLUMNS[0])
    return Part("A lone message", ABOUT, [*ratios, table], findings)
