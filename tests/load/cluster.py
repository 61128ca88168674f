"""A process of a cluster: what it pays for the rooms of others, and for telling others of its own."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from tests.load.beside import House, Measured, Target, compared, in_rounds, open_houses
from tests.load.crowd import Crowd
from tests.load.dialects import OurDialect, Seat
from tests.load.results import ACK_P50, GENERATOR, P50, P99, SERVER, US_PER_MESSAGE, Column, Part, Table
from tests.load.systems import PROJECT, Stage, seats_in

ROOMS, PER_ROOM, PROCESSES = 200, 5, 8
RATES = (250, 500, 1_000)
OWN_RATE = 500
GROUP = "chat__group__chat.rooms"  # and, nowadays, the deployment's name
REST_S, PLAYED_S = 3.0, 2.0
ABOUT = f"""\
{ROOMS * PER_ROOM:,} sockets in {ROOMS} rooms of {PER_ROOM} at one process, so many messages a second by the clock,
and a second process at the same database and Redis: it listens to nothing, or a member of each room listens
there. What it spends on a foreign message is what it spends beyond its rest. Then the first process alone at its
Redis with {OWN_RATE} messages a second, and with {PROCESSES - 1} others that do as much in {ROOMS} rooms each. The
others are played, see `tests/load/played.py`. Every message is stored in MariaDB. The servers have a core of their
own, the generator is written in C; MariaDB, Redis and what is played have the rest."""
ALONE, AMONG = f"alone, {OWN_RATE}/s", f"one of {PROCESSES}, {OWN_RATE}/s"
LISTENED = f"another listens to the rooms, {OWN_RATE}/s"
IDLE = Column("us_idle", "idle process, CPU µs per foreign message", 1)
EXTRA = Column("us_extra", "more than alone, CPU µs per message", 0)
COLUMNS = [US_PER_MESSAGE, EXTRA, IDLE, P50, P99, ACK_P50, SERVER, GENERATOR]


def _foreign(rate: int) -> str:
    return f"another listens to nothing, {rate}/s"


TARGETS = [
    *(Target(_foreign(rate), IDLE.key, "CPU of the idle process", 0.05) for rate in RATES),
    Target(_foreign(OWN_RATE), EXTRA.key, "µs of the speaker more than alone", 120, itself=True),
    Target(LISTENED, EXTRA.key, "µs of the speaker more than alone", 120, itself=True),
    Target(AMONG, "times_alone", "CPU by that of one alone", 1.1, itself=True),
]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    listeners = [Seat(room_id, room_id) for room_id in range(1, ROOMS + 1)]
    alone, pairs = open_houses(stage, seats), open_houses(stage, seats, processes=2)

    def play(house: House) -> Measured:
        pair = pairs[alone.index(house)]
        return asyncio.run(_play(house, pair, listeners))

    found = await asyncio.to_thread(in_rounds, alone, play, rounds=rounds)
    ratios, findings = compared(found, TARGETS)
    table = Table("What was measured", COLUMNS, [line for lines in found for line in lines], plotted=COLUMNS[0])
    return Part("A process of a cluster", ABOUT, [*ratios, table], findings)


async def _play(alone: House, pair: House, listeners: list[Seat]) -> Measured:
    step = f"rate:{OWN_RATE}:4"
    found = {ALONE: (await asyncio.to_thread(_speak, alone, [step]))[step]}
    with _others_played(alone):
        found[AMONG] = (await asyncio.to_thread(_speak, alone, [step]))[step]
    found |= await asyncio.to_thread(_speak_to_idle, pair)
    crowd = Crowd(OurDialect(), [pair.services[1].port])
    await crowd.join(listeners)
    found[LISTENED] = (await asyncio.to_thread(_speak, pair, [step]))[step]
    crowd.cut()
    for sample in found.values():
        sample["us_extra"] = sample["us_per_message"] - found[ALONE]["us_per_message"]
    found[AMONG]["times_alone"] = found[AMONG]["us_per_message"] / found[ALONE]["us_per_message"]
    return found


def _speak(house: House, steps: list[str]) -> Measured:
    return house.play(*steps, of=house.pids[:1])


def _speak_to_idle(pair: House) -> Measured:
    """What the second process spends beyond its rest, while the first has so much to do."""
    idle = Spending(pair.pids[1])
    time.sleep(REST_S)
    at_rest = idle.per_second()
    spent: dict[str, float] = {}
    steps = {f"rate:{rate}:4": rate for rate in RATES}
    begin = f"rate:{RATES[0]}:1"
    found = pair.play(
        begin, *steps, of=pair.pids[:1], when_done=lambda step: spent.update({step: idle.per_second()})
    )
    measured = {}
    for step, rate in steps.items():
        sample = found[step]
        sample["us_idle"] = (spent[step] - at_rest) * 1e6 / sample["messages_per_s"]
        measured[_foreign(rate)] = sample
    return measured


class Spending:
    """What a process spends, to the microsecond; `cost` counts in steps of 10 ms."""

    def __init__(self, pid: int) -> None:
        self._tasks = Path(f"/proc/{pid}/task")
        self._at, self._spent = time.monotonic(), self._cpu_s()

    def _cpu_s(self) -> float:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in self._tasks.iterdir()) / 1e9

    def per_second(self) -> float:
        """CPU seconds in a second, since it was asked last."""
        before, spent_before = self._at, self._spent
        self._at, self._spent = time.monotonic(), self._cpu_s()
        return (self._spent - spent_before) / (self._at - before)


@contextmanager
def _others_played(house: House) -> Iterator[None]:
    """The others of the cluster, as servers of the house's build."""
    env = house.services[0].environment
    url = env["REDIS_URL"]
    (channel,) = Redis.from_url(url, decode_responses=True).pubsub_channels(f"{GROUP}*")
    has_streets = (house.build.directory / "messaging" / "delivery" / "streets.py").exists()
    command = [sys.executable, "-m", "tests.load.played", "links" if has_streets else "group", url]
    command += [
        str(channel).removeprefix(GROUP).removeprefix("."),
        "--processes",
        str(PROCESSES - 1),
        "--rate",
        str(OWN_RATE),
    ]
    with subprocess.Popen(
        ["taskset", "-c", house.other_cores, *command], cwd=PROJECT, env=os.environ | env
    ) as process:
        time.sleep(PLAYED_S)  # it has begun by then
        try:
            yield
            assert process.poll() is None, "what is played has ended"
        finally:
            process.kill()
