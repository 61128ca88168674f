"""Does a delivery cost the same in larger rooms, among more rooms, and with a second process?"""

from collections.abc import Sequence
from functools import partial

from tests.load.crowd import Crowd
from tests.load.dialects import Seat
from tests.load.drive import Sample, broadcast, offer
from tests.load.results import (
    DELIVERIES,
    GENERATOR,
    P50,
    P99,
    SERVER,
    US_PER_DELIVERY,
    US_PER_MESSAGE,
    Line,
    Measurement,
    Part,
    Table,
    in_turns,
    times,
)
from tests.load.systems import Stage, System

LISTENERS = (100, 500, 2_000)
ROOMS, PER_ROOM, MESSAGES_PER_S = (10, 100, 1_000), 5, 400
BOTH, BOTH_ROOMS = 500, 100  # sockets of one room on one process and on two, and rooms of PER_ROOM likewise
SAMPLE_S = 1.0
ABOUT = f"""\
One room with more listeners, one message in flight; more rooms of {PER_ROOM} with the same {MESSAGES_PER_S}
messages a second over all of them, every one stored; and the sockets of one room, then of {BOTH_ROOMS} rooms,
on one process or half and half on two, which Redis joins (the CPU time is that of both)."""
COLUMNS = [US_PER_DELIVERY, US_PER_MESSAGE, DELIVERIES, P50, P99, SERVER, GENERATOR]


async def measure(stage: Stage, rounds: int) -> Part:
    seating = _Seating()
    rooms = {f"{count:,} listeners": seating.place(1, count) for count in LISTENERS}
    houses = {f"{count:,} rooms of {PER_ROOM}": seating.place(count, PER_ROOM) for count in ROOMS}
    shared, shared_rooms = seating.place(1, BOTH), seating.place(BOTH_ROOMS, PER_ROOM)
    one, two = stage.ours(seating.taken), stage.ours(seating.taken, processes=2, name="two processes")
    listeners: dict[str, Measurement] = {}
    for label, seats in rooms.items():
        listeners[label] = partial(_broadcast, one, await _joined(one, seats), len(seats))
    many: dict[str, Measurement] = {}
    for label, seats in houses.items():
        many[label] = partial(_offer, one, await _joined(one, seats))
    halves: dict[str, Measurement] = {}
    for label, system in (("one process", one), ("two processes", two)):
        halves[f"{label}, one room of {BOTH}"] = partial(_broadcast, system, await _joined(system, shared), BOTH)
    for label, system in (("one process", one), ("two processes", two)):
        crowd = await _joined(system, _mixed(shared_rooms))
        halves[f"{label}, {BOTH_ROOMS} rooms of {PER_ROOM}"] = partial(_offer, system, crowd)
    tables = [
        Table("Listeners of one room", COLUMNS, await in_turns(listeners, rounds=rounds), plotted=US_PER_DELIVERY),
        Table("Rooms", COLUMNS, await in_turns(many, rounds=rounds), plotted=US_PER_DELIVERY),
        Table("Processes", COLUMNS, await in_turns(halves, rounds=rounds), plotted=US_PER_DELIVERY),
    ]
    return Part("Growth", ABOUT, tables, _findings(*tables))


def _findings(listeners: Table, rooms: Table, processes: Table) -> list[str]:
    few, some, many = (line.median("us_per_message") for line in listeners.lines)
    each = (many - few) / (LISTENERS[-1] - LISTENERS[0])
    fixed = few - each * LISTENERS[0]
    alone, joined, alone_rooms, joined_rooms = (line.median("us_per_delivery") for line in processes.lines)
    return [
        f"A message costs {fixed:.0f} µs to take, store and publish, and {each:.1f} µs for each listener; for"
        f" {LISTENERS[1]} listeners that foretells {fixed + each * LISTENERS[1]:.0f} µs, measured are {some:.0f}.",
        f"So a delivery in the smallest of these rooms costs {_flatness(listeners.lines)} times one in the largest"
        " (target: 1.5): what a message costs once is shared by fewer.",
        f"Among more rooms the dearest delivery costs {_flatness(rooms.lines)} times the cheapest (target: 1.5).",
        f"On two processes a delivery costs {times(joined, alone)} times that on one in the large room,"
        f" {times(joined_rooms, alone_rooms)} times in the small ones.",
    ]


class _Seating:
    """Gives out rooms and members that nobody else has."""

    def __init__(self) -> None:
        self.taken: list[Seat] = []
        self._rooms = 0

    def place(self, rooms: int, per_room: int) -> list[Seat]:
        first_room, first_member = self._rooms + 1, len(self.taken) + 1
        seats = [Seat(first_room + index % rooms, first_member + index) for index in range(rooms * per_room)]
        self._rooms += rooms
        self.taken += seats
        return seats


async def _joined(system: System, seats: Sequence[Seat]) -> Crowd:
    crowd = system.new_crowd()
    await crowd.join(seats)
    return crowd


def _mixed(seats: Sequence[Seat]) -> list[Seat]:
    """So ordered that the sockets of each room fall to every process."""
    return sorted(seats, key=lambda seat: seat.member_id * 7919 % 1009)


async def _broadcast(system: System, crowd: Crowd, listeners: int) -> Sample:
    return await broadcast(crowd, expected=listeners, in_flight=1, seconds=SAMPLE_S, pids=system.pids)


async def _offer(system: System, crowd: Crowd) -> Sample:
    return await offer(crowd, per_second=MESSAGES_PER_S, expected=PER_ROOM, seconds=2 * SAMPLE_S, pids=system.pids)


def _flatness(lines: Sequence[Line]) -> str:
    medians = [line.median("us_per_delivery") for line in lines]
    return times(max(medians), min(medians))
