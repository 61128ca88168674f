"""Redis is away at the start, is killed, freezes: sockets of one server do not notice, those of two catch up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.living import act, state_of
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, Process, running, serve
from tests.factories import ALICE, BOB
from tests.servers import RedisServer, private_redis

pytestmark = pytest.mark.e2e

DOWN, BACK = "the layer between processes is down", "the layer between processes is back"
TYPING_INTERVAL_S = 0.2


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture(scope="module")
def servers(pair: Pair, redis: RedisServer) -> Iterator[tuple[Process, Process]]:
    with two_servers(pair, redis) as servers:
        yield servers


@contextmanager
def two_servers(pair: Pair, redis: RedisServer) -> Iterator[tuple[Process, Process]]:
    first, second = [serve(pair.directory, pair.env | {"REDIS_URL": redis.url}) for _ in range(2)]
    with running(first, second):
        yield first, second


async def meet_in_a_room(meet: Meet, first: Process, second: Process, name: str) -> tuple[Person, Person, int]:
    alice, bob = meet(first, ALICE, "Alice"), meet(second, BOB, "Bob")
    room = await alice.create_room(name)
    await bob.join(room)
    return alice, bob, room


async def assert_redis_connects(speaker: Socket, listener: Socket, room: int) -> None:
    """What is never stored crosses again: no sweep could bring it."""

    async def type_until_seen() -> None:
        while not listener.all_heard("typing"):
            await speaker.send({"type": "typing", "roomId": room})
            await asyncio.sleep(TYPING_INTERVAL_S)

    async with asyncio.timeout(WAIT_S):
        await type_until_seen()


async def wait_for_log(words: str, *servers: Process, times: int = 1) -> None:
    for server in servers:
        await asyncio.to_thread(server.wait_for_log, words, times=times)


async def test_redis_is_away_at_the_start(
    pair: Pair, redis: RedisServer, meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    redis.kill()
    with two_servers(pair, redis) as (first, second):
        await wait_for_log(DOWN, first, second)
        ready = await http.get(f"{first.address}/readyz")
        assert (ready.status_code, ready.json()["data"]["degraded"]) == (200, ["relay"])
        alice, bob, room = await meet_in_a_room(meet, first, second, room_name)
        hers, beside, far = await alice.connect(), await bob.listen(room, at=first.address), await bob.listen(room)

        await hers.say(room, "Redis 없이도 들려요?")
        assert (await beside.hear("chat"))["message"] == "Redis 없이도 들려요?"
        assert (await far.hear("chat"))["message"] == "Redis 없이도 들려요?"
        ticket = await alice.ticket()
        await (await alice.knock_with(ticket, at=second.address)).hear("welcome")
        assert (await (await alice.knock_with(ticket)).hear("error"))["code"] == "E-AU001"
        redis.start()
        await wait_for_log(BACK, first, second)

        await hers.subscribe(room)
        await assert_redis_connects(hers, far, room)


async def test_redis_is_killed_and_comes_back(
    servers: tuple[Process, Process], redis: RedisServer, meet: Meet, room_name: str
) -> None:
    first, second = servers
    alice, bob, room = await meet_in_a_room(meet, first, second, room_name)
    hers, far, inbox = await alice.listen(room), await bob.listen(room), await bob.connect()
    assert (await inbox.ask("inbox", on=True))["type"] == "ok"
    await hers.say(room, "하나, 들려요?")
    await far.hear("chat", seq=1)

    redis.kill()
    await wait_for_log(DOWN, first, second)
    for text in ("둘, 들려요?", "셋, 들려요?"):
        await hers.say(room, text)
    redis.start()
    await wait_for_log(BACK, first, second)
    await assert_redis_connects(hers, far, room)
    await hers.say(room, "넷, 들려요?")

    heard = await far.hear_until("chat", 4)
    assert [message["seq"] for message in heard] == [1, 2, 3, 4]
    assert heard == await hers.hear_until("chat", 4)
    await inbox.hear("inbox", lastSeq=4)
    assert [message["seq"] for news in inbox.all_heard("inbox") for message in news["messages"]] == [1, 2, 3, 4]


async def test_what_becomes_of_messages_while_redis_is_away_is_seen_all_the_same(
    servers: tuple[Process, Process], redis: RedisServer, meet: Meet, room_name: str
) -> None:
    first, second = servers
    alice, bob, room = await meet_in_a_room(meet, first, second, room_name)
    hers, far = await alice.listen(room), await bob.listen(room)
    for text in ("하나, 들려요?", "둘, 들려요?"):
        await hers.say(room, text)
    await far.hear("chat", seq=2)

    redis.kill()
    await wait_for_log(DOWN, first, second)
    newest = [
        await act(hers, "edit", room, 1, message="하나, 고침"),
        await act(hers, "pin", room, 1),
        await act(hers, "delete", room, 2),
    ]
    await far.hear("changed", version=newest[-1])
    redis.start()
    await wait_for_log(BACK, first, second)
    newest.append(await act(hers, "react", room, 1, key="heart"))
    await far.hear("changed", version=newest[-1])

    stored = [state_of(message) for message in await bob.get(f"/history/{room}")]
    last = {frame["seq"]: state_of(frame) for frame in far.all_heard("changed")}
    assert [last[1], last[2]] == stored
    versions = [frame["version"] for frame in far.all_heard("changed")]
    assert versions == sorted(set(versions))
    assert not set(versions) - set(newest)


async def test_redis_freezes_and_nobody_waits_for_it(
    servers: tuple[Process, Process], redis: RedisServer, meet: Meet, room_name: str
) -> None:
    first, second = servers
    alice, bob, room = await meet_in_a_room(meet, first, second, room_name)
    hers, far = await alice.listen(room), await bob.listen(room)

    with redis.paused():
        async with asyncio.timeout(5):
            late = await alice.connect(at=second.address)
            await late.subscribe(room)
            await hers.say(room, "얼어붙었을 때 한 말")
            await hers.hear("chat")
        await far.hear("chat", message="얼어붙었을 때 한 말")
        await late.hear("chat", message="얼어붙었을 때 한 말")

    await assert_redis_connects(hers, far, room)
    assert len(far.all_heard("chat")) == 1
