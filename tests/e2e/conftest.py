"""People who use the pair of servers of `tests.e2e.pair`, and the servers' logs beside what failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import httpx
import pytest

from tests.e2e import processes
from tests.e2e.pair import NO_LIMITS as NO_LIMITS
from tests.e2e.pair import Pair as Pair
from tests.e2e.people import Person
from tests.e2e.processes import POLL_S, WAIT_S, Process
from tests.factories import ALICE, BOB, CHARLIE

IDLE_MAX_S = 1.0  # servers close what idles for 5 s, and httpx by itself would send on it until then

Meet = Callable[[Process, int, str], Person]
Play = Callable[..., Awaitable[None]]
Report = dict[str, Any]
UntilModel = Callable[[Callable[[Report], object]], Awaitable[Report]]


@pytest.fixture
async def things() -> AsyncIterator[AsyncExitStack]:
    """What is closed when the test ends."""
    async with AsyncExitStack() as stack:
        yield stack


def make_http_client() -> httpx.AsyncClient:
    limits = httpx.Limits(keepalive_expiry=IDLE_MAX_S)
    return httpx.AsyncClient(verify=False, trust_env=False, timeout=WAIT_S, limits=limits)


@pytest.fixture
async def http(things: AsyncExitStack) -> httpx.AsyncClient:
    return await things.enter_async_context(make_http_client())


@pytest.fixture
async def play(pair: Pair, http: httpx.AsyncClient) -> AsyncIterator[Play]:
    """Has the model's next calls go like this; whatever is left of it is forgotten at the end."""

    async def script(*scenarios: str) -> None:
        assert (await http.post(f"{pair.model.address}/standin/forget")).is_success
        assert (await http.post(f"{pair.model.address}/standin/script", json=scenarios)).is_success

    yield script
    await script()


@pytest.fixture
def until_model(pair: Pair, http: httpx.AsyncClient) -> UntilModel:
    """Waits until what the model reports is so; outside of its process nothing tells of that."""

    async def wait(is_so: Callable[[Report], object]) -> Report:
        async with asyncio.timeout(WAIT_S):
            while True:
                report: Report = (await http.get(f"{pair.model.address}/standin/report")).json()
                if is_so(report):
                    return report
                await asyncio.sleep(POLL_S)

    return wait


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
