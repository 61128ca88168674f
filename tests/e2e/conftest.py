"""Two servers that share a database, a Redis and a stand-in for Gemini; and people who use them."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e import processes
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, Process, environment, log_directory, manage, running, serve, with_model
from tests.factories import ALICE, BOB, CHARLIE
from tests.servers import DatabaseServer, private_redis

NO_LIMITS = {"LIMIT_SENDS_PER_SECOND": "0", "LIMIT_FRAMES_PER_SECOND": "0", "LIMIT_SOCKETS_PER_MEMBER": "0"}

Meet = Callable[[Process, int, str], Person]


@dataclass(frozen=True)
class Pair:
    """Two server processes, the stand-in that they ask, and what a third process beside them needs."""

    first: Process
    second: Process
    model: Process
    env: dict[str, str]
    directory: Path
    database: DatabaseServer
    database_url: str

    def count(self, table: str, condition: str = "1") -> int:
        name = self.database_url.rpartition("/")[2]
        ((found,),) = self.database.execute(f"SELECT COUNT(*) FROM {name}.{table} WHERE {condition}")
        assert isinstance(found, int)
        return found


@pytest.fixture(scope="session")
def logs() -> Iterator[Path]:
    with log_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def pair(mariadb: DatabaseServer, logs: Path) -> Iterator[Pair]:
    """Shared by all tests that break nothing. Its limits are off; those of `strict` are not."""
    database_url = mariadb.create_database()
    with private_redis() as redis:
        env = environment(database_url=database_url, redis_url=redis.url, **NO_LIMITS)
        manage(env, "migrate", "--verbosity=0")
        model = processes.standin(logs, env)
        env |= with_model(model.address)
        first, second = serve(logs, env), serve(logs, env)
        with running(model, first, second):
            yield Pair(first, second, model, env, logs, mariadb, database_url)
    mariadb.drop_database(database_url)


@pytest.fixture
async def things() -> AsyncIterator[AsyncExitStack]:
    """What is closed when the test ends."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def http(things: AsyncExitStack) -> httpx.AsyncClient:
    client = httpx.AsyncClient(verify=False, trust_env=False, timeout=WAIT_S)
    return await things.enter_async_context(client)


@pytest.fixture
def meet(things: AsyncExitStack, http: httpx.AsyncClient) -> Meet:
    """Makes people: `meet(server, 7, "Alice")`."""

    def make(server: Process, member_id: int, name: str) -> Person:
        return Person(things, http, server.address, member_id, name)

    return make


@pytest.fixture
def alice(pair: Pair, meet: Meet) -> Person:
    """At home on the first server; makes the rooms."""
    return meet(pair.first, ALICE, "Alice")


@pytest.fixture
def bob(pair: Pair, meet: Meet) -> Person:
    """At home on the second server."""
    return meet(pair.second, BOB, "Bob")


@pytest.fixture
def charlie(pair: Pair, meet: Meet) -> Person:
    """A stranger to every room, at home on the first server."""
    return meet(pair.first, CHARLIE, "Charlie")


_room_numbers = count(1)


@pytest.fixture
def room_name() -> str:
    return f"점심 모임 {next(_room_numbers)}"


@pytest.fixture
async def room(alice: Person, bob: Person, room_name: str) -> int:
    """A group room with Alice and Bob in it."""
    room_id = await alice.create_room(room_name)
    await bob.join(room_id)
    return room_id


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Shows the end of the servers' logs with what failed."""
    report = yield
    if report.failed:
        for process in processes.RUNNING:
            report.sections.append((f"log of {' '.join(process.command)}", process.tail()))
    return report
