"""What must not become dearer while something else becomes cheaper: fan-out, and latency under a steady load."""

from tests.load.beside import House, Measured, Target, compared, in_rounds, open_houses
from tests.load.results import DELIVERIES, GENERATOR, MEMORY, P50, P99, SERVER, US_PER_DELIVERY, Part, Table
from tests.load.systems import Stage, seats_in

LISTENERS, IN_FLIGHT = (500, 2_000), (1, 6)
ROOMS, PER_ROOM, DELIVERIES_PER_S = 50, 20, 10_000
MOST = 1.03
ABOUT = f"""\
One room with {LISTENERS[0]} and with {LISTENERS[1]:,} listeners, {IN_FLIGHT[0]} and {IN_FLIGHT[1]} messages in
flight; and {ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM}, {DELIVERIES_PER_S:,} deliveries a second
by the clock, where latency counts from when each was due. Every message is stored in MariaDB. The server has a
core of its own, the generator is written in C."""
BY_CLOCK = f"{DELIVERIES_PER_S:,} deliveries/s"
STEP = f"rate:{DELIVERIES_PER_S // PER_ROOM}:4"
COLUMNS = [US_PER_DELIVERY, DELIVERIES, P50, P99, MEMORY, SERVER, GENERATOR]


def _work(listeners: int, in_flight: int) -> str:
    return f"{listeners:,} listeners, {in_flight} in flight"


TARGETS = [
    *(
        Target(_work(listeners, in_flight), "us_per_delivery", "CPU µs a delivery", MOST)
        for listeners in LISTENERS
        for in_flight in IN_FLIGHT
    ),
    Target(BY_CLOCK, "p99_ms", "p99 in ms", MOST),
    Target(BY_CLOCK, "us_per_delivery", "CPU µs a delivery", MOST),
]


async def measure(stage: Stage, rounds: int) -> Part:
    rooms = {listeners: open_houses(stage, seats_in(1, listeners)) for listeners in LISTENERS}
    houses = open_houses(stage, seats_in(ROOMS, PER_ROOM))

    def play(house: House) -> Measured:
        measured = {BY_CLOCK: house.play(STEP)[STEP]}
        for listeners, listening in rooms.items():
            steps = {in_flight: f"fan:{in_flight}:2" for in_flight in IN_FLIGHT}
            found = listening[houses.index(house)].play(*steps.values())
            measured |= {_work(listeners, in_flight): found[step] for in_flight, step in steps.items()}
        return measured

    found = in_rounds(houses, play, rounds=rounds)
    ratios, findings = compared(found, TARGETS)
    table = Table("What was measured", COLUMNS, [line for lines in found for line in lines], plotted=COLUMNS[0])
    return Part("What must not become dearer", ABOUT, [*ratios, table], findings)
