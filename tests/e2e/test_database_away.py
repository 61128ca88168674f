"""The database freezes or is killed: everybody is told within five seconds, and all heals by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.client import Socket
from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.lateness import Lateness, watching_lateness
from tests.e2e.people import Person
from tests.e2e.processes import Process, environment, migrate, running, serve
from tests.e2e.wire import Frame
from tests.factories import ALICE, BOB
from tests.servers import DatabaseServer, Service

pytestmark = pytest.mark.e2e

T = TypeVar("T")
TOLD_WITHIN_S = 5.0
CROWD = 40  # more than get a turn at once
CLIENT_ID = "3f0f5b8e-52a9-4ae0-9d3c-0c8f4e0f9b11"


@pytest.fixture(scope="module")
def env(stoppable_mariadb: DatabaseServer) -> dict[str, str]:
    env = environment(database_url=stoppable_mariadb.create_database(), **NO_LIMITS)
    migrate(env)
    return env


@pytest.fixture(scope="module")
def server(env: dict[str, str], logs: Path) -> Iterator[Process]:
    process = serve(logs, env)
    with running(process):
        yield process


@pytest.fixture
def database(stoppable_mariadb: DatabaseServer) -> Service:
    assert stoppable_mariadb.service is not None
    return stoppable_mariadb.service


@pytest.fixture
def alice(server: Process, meet: Meet) -> Person:
    return meet(server, ALICE, "Alice")


class Told:
    """Holds answers to their time."""

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness

    async def in_time(self, answer: Awaitable[T]) -> T:
        began = time.monotonic()
        result = await answer
        assert time.monotonic() - began < TOLD_WITHIN_S + self._lateness.seconds
        return result


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    async with watching_lateness() as lateness:
        yield Told(lateness)


async def test_a_frozen_database_is_told_in_time_and_nothing_hangs(
    database: Service,
    server: Process,
    told: Told,
    meet: Meet,
    alice: Person,
    http: httpx.AsyncClient,
    room_name: str,
) -> None:
    room = await alice.create_room(room_name)
    hers, beside = await alice.listen(room), await meet(server, ALICE, "Alice").connect()

    with database.paused():
        frame_id = await hers.post("chat", roomId=room, message="아무도 못 들어요", clientId=CLIENT_ID)
        in_a_row = [await beside.post("subscribe", roomId=room) for _ in range(5)]
        refusals = asyncio.gather(
            told.in_time(hers.reply(frame_id)),
            told.in_time(_all_replies(beside, in_a_row)),
            told.in_time(_knock_v2(alice)),
            told.in_time(_knock_v1(alice, room)),
            told.in_time(alice.code("POST", "/llm", roomId=room)),
            told.in_time(alice.call("GET", "/my/rooms")),
        )
        await told.in_time(hers.catch_up())
        assert (await told.in_time(http.get(f"{server.address}/v1/healthz"))).text == "ok"
        chat, subscribes, knock, old_knock, draft, rest = await refusals

    assert (chat["code"], knock, draft) == ("E-S002",) * 3
    assert [subscribe["code"] for subscribe in subscribes] == ["E-S002"] * len(in_a_row)
    assert old_knock == 503
    assert (rest.status_code, rest.json()["code"]) == (503, "E-S002")
    assert chat["retryAfter"] > 0
    assert rest.json()["retryAfter"] > 0
    ack = await hers.say(room, "아무도 못 들어요", clientId=CLIENT_ID)
    assert (await hers.hear("chat"))["seq"] == ack["seq"] == 1
    assert len(await alice.get(f"/history/{room}")) == 1


async def _all_replies(socket: Socket, frame_ids: list[str]) -> list[Frame]:
    return [await socket.reply(frame_id) for frame_id in frame_ids]


async def _knock_v2(person: Person) -> str:
    socket = await person.knock()
    refusal = await socket.hear("error")
    assert await socket.closed() == 1012
    return str(refusal["code"])


async def _knock_v1(person: Person, room: int) -> int:
    with pytest.raises(InvalidStatus) as refusal:
        await person.connect_v1(room)
    return refusal.value.response.status_code


async def test_a_crowd_asks_a_frozen_database_at_once(
    database: Service, server: Process, told: Told, meet: Meet, http: httpx.AsyncClient
) -> None:
    people = [meet(server, member_id, f"Member{member_id}") for member_id in range(50, 54)]
    for person in people:
        await person.get("/my/rooms")

    with database.paused():
        crowd = asyncio.gather(
            *(told.in_time(person.call("GET", "/my/rooms")) for person in people * (CROWD // len(people)))
        )
        for path in ("/v1/healthz", "/metrics"):
            assert (await told.in_time(http.get(server.address + path))).status_code == 200
        answers = await crowd

    assert [answer.json()["code"] for answer in answers] == ["E-S002"] * CROWD


async def test_a_killed_database_is_told_at_once_and_missed_nothing_when_it_is_back(
    database: Service,
    server: Process,
    told: Told,
    meet: Meet,
    alice: Person,
    http: httpx.AsyncClient,
    room_name: str,
) -> None:
    bob = meet(server, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers, his = await alice.listen(room), await bob.listen(room)
    await hers.say(room, "said before")

    database.kill()
    assert await told.in_time(hers.refusal("chat", roomId=room, message="who hears this?")) == "E-S002"
    assert await told.in_time(hers.refusal("read", roomId=room, seq=1)) == "E-S002"
    assert await told.in_time(alice.code("GET", f"/history/{room}")) == "E-S002"
    assert (await told.in_time(http.get(f"{server.address}/readyz"))).status_code == 503
    await told.in_time(hers.catch_up())
    database.start()

    ack = await hers.say(room, "said afterwards")
    assert ack["seq"] == 2
    assert [message["message"] for message in await his.hear_until("chat", 2)] == [
        "said before",
        "said afterwards",
    ]


async def test_a_server_starts_without_its_database_and_serves_when_it_is_there(
    database: Service, env: dict[str, str], logs: Path, meet: Meet, room_name: str
) -> None:
    database.kill()
    early = serve(logs, env)
    with running(early):
        alice = meet(early, ALICE, "Alice")
        assert await alice.code("GET", "/my/rooms") == "E-S002"
        database.start()
        room = await alice.create_room(room_name)
        assert (await (await alice.listen(room)).say(room, "now it works"))["seq"] == 1


async def test_a_frozen_database_keeps_no_server_from_ending(
    database: Service, env: dict[str, str], logs: Path, meet: Meet, room_name: str
) -> None:
    server = serve(logs, env | {"DATABASE_URL": f"{env['DATABASE_URL']}?read_timeout=30"})
    with running(server):
        alice = meet(server, ALICE, "Alice")
        room = await alice.create_room(room_name)
        hers = await alice.listen(room)
        await hers.say(room, "아직은 돼요")
        with database.paused():
            frame_id = await hers.post("chat", roomId=room, message="과연?")
            await hers.catch_up()
            server.ask_to_stop()
            assert await hers.closed() == 1012
            assert await asyncio.to_thread(server.wait) == 0

    assert frame_id not in [answer.get("id") for answer in hers.answers]  # the goodbye did not wait for that
