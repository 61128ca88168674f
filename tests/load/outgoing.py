"""Events to the main server: as many a second as one process can send, and how soon at 200 a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any
from urllib.parse import urlsplit

import environ
import MySQLdb

from tests.chatproject.outgoing.receiver import SECRET
from tests.load.cost import Cost
from tests.load.drive import Sample, percentile
from tests.load.korean import messages
from tests.load.results import GENERATOR, P50, P99, SERVER, Column, Part, Table, in_turns
from tests.load.systems import Stage, seats_in
from tests.servers import Service

ROOMS, PER_ROOM = 100, 2
TOLD = 10_000  # events of one sample
PER_SECOND, SECONDS = 200, 6.0
TICK_S = 0.02
TIMEOUT_S = 120.0
NOW = "UTC_TIMESTAMP(6)"
COLUMNS, EVENT = "endpoint_id, kind, created_at, room_id, seq, version", f"1, 'message', {NOW}"
EVENTS = Column("events_per_s", "events/s", 0)
US_PER_EVENT = Column("us_per_event", "CPU µs per event", 0)
ABOUT = f"""\
`manage.py send_events`, one process, to a receiver on the same machine that answers 204 at once; MariaDB with full
durability. Each event is of a message of Korean text, in one of {ROOMS} rooms: its row waits, its body is made of
the message as it is, signed, sent in its room's order, and its outcome written. All at once: {TOLD:,} rows
wait, from the first request to the last. A steady stream: {PER_SECOND} a second for {SECONDS:.0f} s, from the
commit of the row to the last byte of the request."""
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Counting(asyncio.Protocol):
    """One connection of a receiver that answers at once. Knows just enough HTTP."""

    def __init__(self, taken: list[tuple[int, int]], wanted: "Wanted") -> None:
        self._taken, self._wanted, self._buffer = taken, wanted, b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            number = int(body.partition(b'"number":')[2].partition(b",")[0])
            self._transport.write(_ANSWER)
            self._taken.append((number, time.monotonic_ns()))
            self._wanted.look(len(self._taken))


class Wanted:
    """Tells when so many came."""

    def __init__(self) -> None:
        self.count = 0
        self.came = asyncio.Event()

    def look(self, count: int) -> None:
        if count >= self.count:
            self.came.set()


class Outgoing:
    """A receiver, the sender's process, and the rows between them."""

    def __init__(self, connection: Any, sender: Service) -> None:
        self._connection, self._sender = connection, sender
        self.taken: list[tuple[int, int]] = []  # numbers, and when they came in ns
        self.wanted = Wanted()

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Counting(self.taken, self.wanted), "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def all_at_once(self) -> Sample:
        self._expect(TOLD)
        cost = Cost([self._sender.pid])
        self._execute(
            f"INSERT INTO chat_events ({COLUMNS}) SELECT {EVENT}, chat_room_id, seq, version FROM chat_messages"
            f" ORDER BY seq, chat_room_id LIMIT {TOLD}"
        )
        await self._all_came()
        spent = cost.spent()
        wall_s = (self.taken[-1][1] - self.taken[0][1]) / 1e9
        return {
            "events_per_s": TOLD / wall_s,
            "us_per_event": spent.cpu_s / TOLD * 1e6,
            "server_share": spent.cpu_s / spent.wall_s,
            "generator_share": spent.own_cpu_s / spent.wall_s,
        }

    async def steadily(self) -> Sample:
        """Rows by the tick, each with the moment of its commit."""
        count = int(PER_SECOND * SECONDS)
        self._expect(count)
        cost = Cost([self._sender.pid])
        begun: dict[int, int] = {}
        began = time.monotonic()
        for tick in range(int(SECONDS / TICK_S)):
            first, each = tick * count // int(SECONDS / TICK_S), count // int(SECONDS / TICK_S)
            begun |= await asyncio.to_thread(self._say, range(first, first + each))
            await asyncio.sleep(max(0.0, began + (tick + 1) * TICK_S - time.monotonic()))
        await self._all_came()
        spent = cost.spent()
        late = [came - begun[number] for number, came in self.taken]
        return {
            "p50_ms": percentile(late, 0.5),
            "p99_ms": percentile(late, 0.99),
            "us_per_event": spent.cpu_s / count * 1e6,
            "server_share": spent.cpu_s / spent.wall_s,
            "generator_share": spent.own_cpu_s / spent.wall_s,
        }

    def _say(self, numbers: range) -> dict[int, int]:
        rows = [f"({EVENT}, {number % ROOMS + 1}, {number // ROOMS + 1}, 1)" for number in numbers]
        first = self._execute(f"INSERT INTO chat_events ({COLUMNS}) VALUES {', '.join(rows)}")
        now = time.monotonic_ns()
        return {first + place: now for place in range(len(rows))}

    def _execute(self, statement: str) -> int:
        """Returns the number of the first row that it made."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return int(cursor.lastrowid)

    def _expect(self, count: int) -> None:
        self.taken.clear()
        self.wanted.count = count
        self.wanted.came.clear()

    async def _all_came(self) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await self.wanted.came.wait()


async def measure(stage: Stage, rounds: int) -> Part:
    env = stage.new_chat(seats_in(ROOMS, PER_ROOM)) | {"EVENTS_ALLOWED_NETWORKS": "127.0.0.0/8"}
    with closing(_connect(env["DATABASE_URL"])) as connection:
        _say_all(connection)
        sender = stage.sender(env)
        outgoing = Outgoing(connection, sender)
        async with outgoing.receiving() as port:
            _subscribe(connection, port)
            await outgoing.all_at_once()  # warm
            at_once = Table(
                "All at once",
                [EVENTS, US_PER_EVENT, SERVER, GENERATOR],
                await in_turns({"this project, one process": outgoing.all_at_once}, rounds=rounds),
                plotted=EVENTS,
            )
            stream = Table(
                f"{PER_SECOND} a second",
                [P50, P99, US_PER_EVENT, SERVER, GENERATOR],
                await in_turns({"this project, one process": outgoing.steadily}, rounds=rounds),
            )
    best, late = at_once.lines[0], stream.lines[0]
    finding = (
        f"One process sends {best.median('events_per_s'):.0f} events a second, for"
        f" {best.median('us_per_event'):.0f} µs of CPU each; at {PER_SECOND} a second an event is there within"
        f" {late.median('p99_ms'):.0f} ms at p99."
    )
    return Part("Events to the main server", ABOUT, [at_once, stream], [finding])


def _connect(url: str) -> Any:
    config = environ.Env.db_url_config(url)
    return MySQLdb.connect(
        host=config["HOST"],
        port=config["PORT"] or 3306,
        user=config["USER"],
        password=config["PASSWORD"],
        db=urlsplit(url).path.lstrip("/"),
        charset="utf8mb4",
        autocommit=True,
    )


def _say_all(connection: Any) -> None:
    """Messages for all events, in every room as many."""
    rows = [
        (number % ROOMS + 1, number // ROOMS + 1, number // ROOMS + 1, number % ROOMS + 1, text, f"{number:032x}")
        for number, text in zip(range(TOLD), messages(1), strict=False)
    ]
    columns = "chat_room_id, seq, version, user_id, contents, client_id, kind, created_at, updated_at"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO chat_messages ({columns}) VALUES (%s, %s, %s, %s, %s, %s, 'member', {NOW}, {NOW})",
            rows,
        )


def _subscribe(connection: Any, port: int) -> None:
    columns = "endpoint_id, url, description, kinds, with_text, is_enabled, ended_why, made_at"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO chat_event_endpoints ({columns}) VALUES (1, %s, '', '[]', 1, 1, '', {NOW})",
            [f"http://127.0.0.1:{port}/"],
        )
        columns = "endpoint_id, secret, made_at"
        cursor.execute(f"INSERT INTO chat_event_secrets ({columns}) VALUES (1, %s, {NOW})", [SECRET])
