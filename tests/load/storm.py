"""1,000 sockets are cut at one moment and come back: when is each whole, and what did that ask?"""

from tests.load.beside import House, Measured, Target, compared, in_rounds, open_houses
from tests.load.dialects import Seat
from tests.load.results import GENERATOR, SERVER, Column, Part, Table
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM = 200, 5
WORK = f"{ROOMS * PER_ROOM:,} cut at once"
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM} are cut at one moment; one more member of each room
says three messages while they are away; then all come back at one moment, each with the version it knows. Complete
is who was told of the subscription and has the three messages, in their order. Queries are the statements that
MariaDB counted. The server has a core of its own, the generator is written in C."""
COLUMNS = [
    Column("complete_s", "all complete after s", 2),
    Column("queries", "queries a socket", 2),
    Column("us_per_reconnect", "CPU µs per reconnect", 0),
    Column("refused", "refused and repeated", 0),
    SERVER,
    GENERATOR,
]
TARGETS = [
    Target(WORK, "complete_s", "seconds until all are complete", 0.35),
    Target(WORK, "us_per_reconnect", "CPU µs a socket", 0.45),
    Target(WORK, "queries", "queries a socket", 1.0, itself=True),
]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    speakers = [Seat(room_id, len(seats) + room_id) for room_id in range(1, ROOMS + 1)]
    houses = open_houses(stage, [*seats, *speakers])

    def play(house: House) -> Measured:
        asked: list[int] = []
        step = f"storm:{ROOMS}"
        sample = house.play(step, when_away=lambda: asked.append(house.questions()))[step]
        sample["queries"] = (house.questions() - asked[0]) / len(seats)
        return {WORK: sample}

    found = in_rounds(houses, play, rounds=rounds)
    ratios, findings = compared(found, TARGETS)
    table = Table("What was measured", COLUMNS, [line for lines in found for line in lines], plotted=COLUMNS[0])
    return Part("Cut at once", ABOUT, [*ratios, table], findings)
