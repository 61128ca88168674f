"""The store alone, without sockets: messages a second into MariaDB, ours against one ORM transaction a message."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from tests.load.drive import Sample
from tests.load.results import MESSAGES, US_PER_MESSAGE, Column, Part, Table, in_turns, times
from tests.load.systems import PROJECT, Stage, seats_in

ROOMS, PER_ROOM = 50, 5
COLUMNS = [MESSAGES, US_PER_MESSAGE, Column("call_ms", "ms per call")]
ABOUT = f"""\
The functions that store messages, called in a process of their own: {ROOMS} rooms of {PER_ROOM} members,
MariaDB with full durability. Ours stores a batch in one transaction; under load the writer's batches reach
256. The textbook stores each message in one transaction by the ORM, which does the same: check the
membership, number the message under the room's lock, mark it read. A tutorial's single insert, that does none
of this, stands beside it."""
LINES = {
    "this project, batches of 256": ("ours", 256),
    "this project, batches of 64": ("ours", 64),
    "this project, one by one": ("ours", 1),
    "textbook, 1 thread": ("textbook", 1),
    "textbook, 8 threads": ("textbook", 8),
    "tutorial's insert, 1 thread": ("insert", 1),
}


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    ours = stage.new_chat(seats) | {"DJANGO_SETTINGS_MODULE": "chatproject.settings"}
    textbook = stage.new_textbook(seats)
    measurements: dict[str, Callable[[], Awaitable[Sample]]] = {
        label: partial(_sample, ours if what == "ours" else textbook, what, size)
        for label, (what, size) in LINES.items()
    }
    lines = await in_turns(measurements, rounds=rounds)
    table = Table("Messages stored", COLUMNS, lines, plotted=MESSAGES)
    best = table.line("this project, batches of 256").median("messages_per_s")
    one, eight = (table.line(f"textbook, {threads}").median("messages_per_s") for threads in ("1 ", "8 "))
    findings = [
        f"{best:.0f} messages/s: {times(best, one)} times the textbook on its one thread,"
        f" {times(best, eight)} times on eight."
    ]
    return Part("The store alone", ABOUT, [table], findings)


async def _sample(env: dict[str, str], what: str, size: int) -> Sample:
    command = [sys.executable, "-m", "tests.load.store_calls", what, str(size), str(ROOMS), str(PER_ROOM)]
    done = subprocess.run(command, env=os.environ | env, cwd=PROJECT, check=True, capture_output=True)  # noqa: ASYNC221
    sample: Sample = json.loads(done.stdout)
    return sample
