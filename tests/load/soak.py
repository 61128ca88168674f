"""Hours in minutes: do messages, connects and requests leave memory behind, and what does the collector do?"""

import json
import re
import urllib.request

from tests.load.beside import House, builds_of, open_house
from tests.load.cost import memory_kib
from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample
from tests.load.results import ACK_P50, ACK_P99, MEMORY, Column, Line, Part, Table
from tests.load.systems import Stage, seats_in

ROOMS, PER_ROOM = 200, 10
STRETCHES, STRETCH = 4, "conv:256:4"
REQUESTS = 500  # of each stretch, over HTTP
SETTLED = 3  # stretches until what is kept for later is there
ABOUT = f"""\
{STRETCHES} times: {ROOMS * PER_ROOM:,} sockets connect and are gone, as many connect again and have 256 messages
unacknowledged for 13 s, all are gone, and {REQUESTS} HTTP requests search and read. Memory is that of the process
at the end of each. Full collections are those in which Python's collector looked at everything that had come since
the start; found is what any of its looks found that reference counting had not freed."""
TOTALS = [
    Column("messages", "messages so far", 0),
    Column("connects", "connects so far", 0),
    Column("full", "full collections so far", 0),
    Column("found", "objects found so far", 0),
]


async def measure(stage: Stage, rounds: int) -> Part:
    seats = seats_in(ROOMS, PER_ROOM)
    house = open_house(stage, builds_of(None)[0], seats)
    lines, messages, connects = [], 0.0, 0
    for number in range(1, STRETCHES + 1):
        house.play("connect")
        sample = house.play(STRETCH)[STRETCH]
        _request(house, seats[0])
        messages += sample["messages"]
        connects += 2 * len(seats)
        sample |= {"messages": messages, "connects": float(connects), "memory_mib": memory_kib(house.pids) / 1024}
        lines.append(Line(f"stretch {number}", [sample | _collector(house)]))
    settled, end = lines[SETTLED - 1].median("memory_mib"), lines[-1].median("memory_mib")
    findings = [
        f"After {messages:,.0f} messages and {connects:,} connects the process has {end:.0f} MiB, after the"
        f" {_ordinal(SETTLED)} of {STRETCHES} stretches it had {settled:.0f}."
    ]
    table = Table("Stretch by stretch", [MEMORY, *TOTALS, ACK_P50, ACK_P99], lines, plotted=MEMORY)
    return Part("Memory over hours", ABOUT, [table], findings)


def _ordinal(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _request(house: House, seat: Seat) -> None:
    token = OurDialect().path(seat).partition("=")[2]
    base = f"http://127.0.0.1:{house.services[0].port}"
    paths = ("/v1/chat/my/rooms", f"/v1/chat/history/{seat.room_id}", "/v1/chat/search?q=xxx", "/readyz")
    for number in range(REQUESTS):
        request = urllib.request.Request(base + paths[number % len(paths)], headers={"access": token})
        with urllib.request.urlopen(request) as answer:
            json.load(answer)


def _collector(house: House) -> Sample:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.services[0].port}/metrics") as answer:
        text = answer.read().decode()
    found = re.findall(r"^python_gc_objects_collected_total\S+ (\S+)", text, re.MULTILINE)
    full = re.findall(r'^python_gc_collections_total\{generation="2"\} (\S+)', text, re.MULTILINE)
    return {"full": float(full[0]), "found": sum(map(float, found))}
