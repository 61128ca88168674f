"""What it costs to connect and to subscribe, and what a socket that only listens keeps."""

from tests.load.beside import House, Measured, Target, compared, in_rounds, open_houses
from tests.load.idle import CONNECTS, KIB_PER_SOCKET
from tests.load.results import GENERATOR, SERVER, Column, Part, Table
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM = 400, 5
WORK = f"{ROOMS * PER_ROOM:,} sockets"
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets come, 50 handshakes at a time, and each subscribes to its room, one of {ROOMS} of
{PER_ROOM}; nobody speaks. The first 50 are not counted, memory is that afterwards less that before, and each
sample has a new process. The server has a core of its own, the generator is written in C."""
COLUMNS = [Column("us_per_connect", "CPU µs per connect", 0), CONNECTS, KIB_PER_SOCKET, SERVER, GENERATOR]
TARGETS = [
    Target(WORK, "us_per_connect", "CPU µs a connect", 0.45),
    Target(WORK, "kib_per_socket", "KiB a socket", 1.03),
]


async def measure(stage: Stage, rounds: int) -> Part:
    houses = open_houses(stage, seats_in(ROOMS, PER_ROOM))

    def play(house: House) -> Measured:
        house.restart()
        return {WORK: house.play("connect")["connect"]}

    found = in_rounds(houses, play, rounds=rounds)
    ratios, findings = compared(found, TARGETS)
    table = Table("What was measured", COLUMNS, [line for lines in found for line in lines], plotted=COLUMNS[0])
    return Part("Connect and subscribe", ABOUT, [*ratios, table], findings)
