"""Searching a million Korean messages, by time in the database; and what the search costs those who only send.

BENCH_MYSQL_URL names a MySQL server (mysql://root@127.0.0.1:3306) to be measured beside MariaDB and SQLite.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from uuid import UUID

from messaging.search.signatures import CHUNK_MESSAGES
from tests.load.cost import cpu_s
from tests.load.dialects import OurDialect, text_of
from tests.load.drive import Sample, offer
from tests.load.korean import messages
from tests.load.results import Column, Part, Table, in_turns
from tests.load.search_calls import CLASSES, ROOMS
from tests.load.systems import PROJECT, Stage, System, seats_in
from tests.servers import DatabaseServer, private_mariadb
from tests.services import TEST_JWT_SECRET

MESSAGES = int(os.environ.get("BENCH_SEARCH_MESSAGES", "1000000"))
SCOPES = {"room": "one room", "all": "all rooms"}
BUFFER = "--innodb-buffer-pool-size=512M"  # the database and its signatures fit in, as in production
PER_ROOM, PER_SECOND, SEND_S = 2, 300.0, 6.0
SETTLES_S = 20.0  # until what was sent has signatures: SETTLED_AFTER, and a look of the indexer
NEVER = 2**62  # a chunk that nobody comes to
COLUMNS = [
    Column("p50_ms", "database p50 ms"),
    Column("p95_ms", "database p95 ms"),
    Column("whole_percent", "whole pages %", 0),
]
SEND_COLUMNS = [
    Column("us_server", "server CPU µs per message", 0),
    Column("us_database", "MariaDB CPU µs per message", 0),
    Column("us_both", "both", 0),
]
ABOUT = f"""\
{MESSAGES:,} messages as Koreans write them in {ROOMS} rooms, the largest with an eighth of all; words of two
syllables that stand in 1 % of all messages and more (common), in 0.03 to 0.3 % (medium), in at most 20 (rare) and
in none (absent); 20 results each, in one room and in all {ROOMS}. Counted is the time in the database's cursors.
A page is whole that is full or says that there is no more. Sending: {PER_SECOND:.0f} Korean messages a second
into {ROOMS} rooms for {SEND_S:.0f} s, each delivered to its room's two members, then as long as it takes until
they have signatures; CPU time of the server and of MariaDB together."""


async def measure(stage: Stage, rounds: int) -> Part:
    with ExitStack() as stack:
        measurements: dict[str, Callable[[], Awaitable[Sample]]] = {}
        made = {}
        for name, url in _databases(stack).items():
            env = _environment(url)
            _call(env, "manage.py", "migrate", "--verbosity=0")
            words = _call(env, "-m", "tests.load.search_calls", "fill", str(MESSAGES))
            made[name] = json.loads(_call(env, "-m", "tests.load.search_calls", "index"))
            for scope, called in SCOPES.items():
                for kind in CLASSES:
                    measurements[f"{name}, {called}, {kind}"] = partial(_search, env, words, scope, kind)
        found = Table("Words of two syllables", COLUMNS, await in_turns(measurements, rounds=rounds))
    sent = Table("Sending", SEND_COLUMNS, await in_turns(await _sending(stage), rounds=rounds))
    return Part("Searching", ABOUT, [found, sent], _findings(found, sent, made))


@contextmanager
def _dropped(server: DatabaseServer) -> Iterator[str]:
    url = server.create_database()
    yield url
    server.drop_database(url)


def _databases(stack: ExitStack) -> dict[str, str]:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chat-search-"))
    found = {"SQLite": f"sqlite:///{Path(folder) / 'search.sqlite3'}"}
    found["MariaDB"] = stack.enter_context(_dropped(stack.enter_context(private_mariadb(BUFFER, durable=False))))
    if given := os.environ.get("BENCH_MYSQL_URL"):
        found["MySQL"] = stack.enter_context(_dropped(DatabaseServer(given)))
    return found


def _environment(url: str) -> dict[str, str]:
    secrets = {"DJANGO_SECRET_KEY": "a-django-secret-of-the-benchmarks-0123456789", "JWT_SECRET": TEST_JWT_SECRET}
    others = {"ALLOWED_HOSTS": "chat.example.com", "DJANGO_SETTINGS_MODULE": "chatproject.settings", "DEBUG": "0"}
    return secrets | others | {"DATABASE_URL": url}


def _call(env: dict[str, str], *arguments: str, words: str = "") -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=os.environ | env, cwd=PROJECT, check=True, text=True, input=words, stdout=subprocess.PIPE
    ).stdout


async def _search(env: dict[str, str], words: str, scope: str, kind: str) -> Sample:
    found = json.loads(_call(env, "-m", "tests.load.search_calls", "search", scope, kind, words=words))
    times_ms = sorted(found["ms"])
    p95 = times_ms[int(len(times_ms) * 0.95)]
    return {"p50_ms": median(times_ms), "p95_ms": p95, "whole_percent": 100 * found["whole"]}


# --- sending


class _Korean(OurDialect):
    """Our protocol, by which Korean messages are said; their stamps are their client ids."""

    _CLIENT_ID = b'"clientId":"'

    def __init__(self) -> None:
        self._texts = list(islice(messages(3), 20_000))
        self._dice = random.Random(4)

    def chat(self, room_id: int, stamp: int) -> bytes:
        said = {"message": self._dice.choice(self._texts), "clientId": str(UUID(int=stamp))}
        return json.dumps({"type": "chat", "roomId": room_id, "id": text_of(stamp)[:19], **said}).encode()

    def stamp_in(self, payload: bytes) -> int:
        start = payload.index(self._CLIENT_ID) + len(self._CLIENT_ID)
        return UUID(payload[start : start + 36].decode()).int


async def _sending(stage: Stage) -> dict[str, Callable[[], Awaitable[Sample]]]:
    seats = seats_in(ROOMS, PER_ROOM)
    systems = {name: stage.ours(seats, name=name) for name in ("without signatures", "with signatures")}
    database = systems["without signatures"].services[0].environment["DATABASE_URL"].rpartition("/")[2]
    stage.database.execute(f"REPLACE INTO {database}.chat_search_progress VALUES (1, 0, {NEVER})")
    for system in systems.values():  # now that all have started: meanwhile nobody would answer their pings
        system.dialect = _Korean()
        system.crowd = system.new_crowd()
        await system.crowd.join(seats)
    return {name: partial(_send, stage, system) for name, system in systems.items()}


async def _send(stage: Stage, system: System) -> Sample:
    assert stage.database.service is not None
    pids = [system.pids, [stage.database.service.pid]]
    before = [cpu_s(one) for one in pids]
    await offer(system.crowd, per_second=PER_SECOND, expected=PER_ROOM, seconds=SEND_S, pids=system.pids)
    await asyncio.sleep(SETTLES_S)
    server, database = (
        (cpu_s(one) - was) * 1e6 / (PER_SECOND * SEND_S) for one, was in zip(pids, before, strict=True)
    )
    name = system.services[0].environment["DATABASE_URL"].rpartition("/")[2]
    ((end, newest),) = stage.database.execute(
        f"SELECT end, (SELECT MAX(chat_message_id) FROM {name}.chat_messages) FROM {name}.chat_search_progress"
    )
    assert end >= newest // CHUNK_MESSAGES, "not all of it has signatures yet"  # type: ignore[operator]
    return {"us_server": server, "us_database": database, "us_both": server + database}


def _findings(found: Table, sent: Table, made: dict[str, dict[str, float]]) -> list[str]:
    worst = max(found.lines, key=lambda line: line.median("p95_ms"))
    without, with_them = (line.median("us_both") for line in sent.lines)
    sizes = ", ".join(f"{name} {one['cpu_s'] * 1e6 / MESSAGES:.0f} µs" for name, one in made.items())
    size = max(one["bytes"] for one in made.values()) / MESSAGES
    return [
        f"The slowest, {worst.label}, takes {worst.median('p95_ms'):.0f} ms at p95 (target: 100).",
        f"Sending costs {with_them / without:.2f} times as much with signatures as without (target: 1.1);"
        " see the spread.",
        f"`index_messages` takes {sizes} of CPU a message, and {size:.0f} bytes of the database.",
    ]
