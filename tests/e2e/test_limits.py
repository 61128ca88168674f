"""Two servers with narrow limits and without a model: what is refused there, and that nobody else pays for it.

They share a Redis, so the limits of a member are of both together; with that Redis frozen the chat goes on.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve
from tests.servers import RedisServer, private_redis
from tests.times import WAIT_S

pytestmark = pytest.mark.e2e

FAYE, GREG, HANA, INSU, JIHO, SORA, JIHU = range(31, 38)
RATE, BURST, CODES = 1, 3, 3
AWAY, BACK = "each process keeps limits by itself", "Redis is back, and keeps limits"
NARROW = {
    "LIMIT_SENDS_PER_SECOND": str(RATE),
    "LIMIT_JOIN_CODES_PER_HOUR": str(CODES),
    "LIMIT_FRAMES_PER_SECOND": "5",
    "LIMIT_SOCKETS_PER_MEMBER": "2",
    "LIMIT_ROOMS_PER_SOCKET": "1",
    "LIMIT_WRITES_PER_SECOND": "2",  # no machine is too slow to ask for more
    "LIMIT_ROOMS_PER_DAY": "4",
    "LLM_KEY": "",
}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture(scope="module")
def servers(pair: Pair, redis: RedisServer) -> Iterator[tuple[Process, Process]]:
    first, second = [serve(pair.directory, pair.env | NARROW | {"REDIS_URL": redis.url}) for _ in range(2)]
    with running(first, second):
        yield first, second


@pytest.fixture(scope="module")
def strict(servers: tuple[Process, Process]) -> Process:
    return servers[0]


@pytest.fixture
def faye(strict: Process, meet: Meet) -> Person:
    return meet(strict, FAYE, "Faye")


@pytest.fixture
def greg(strict: Process, meet: Meet) -> Person:
    return meet(strict, GREG, "Greg")


async def test_who_sends_too_much_is_told_to_wait_and_others_are_not(
    faye: Person, greg: Person, room_name: str
) -> None:
    room = await faye.create_room(room_name)
    await greg.join(room)
    hers, his = await faye.connect(), await greg.connect()

    at_once = [await hers.post("chat", roomId=room, message=f"{n}번 말해요, 들려요?") for n in range(5)]
    replies = [await hers.reply(frame_id) for frame_id in at_once]

    assert [reply["type"] for reply in replies[:3]] == ["ack"] * 3
    assert (replies[-1]["type"], replies[-1]["code"]) == ("error", "E-C004")
    assert 0 < replies[-1]["retryAfter"] <= 1
    assert (await his.say(room, "저는 처음이에요"))["type"] == "ack"


async def test_who_floods_a_socket_with_frames_loses_it(greg: Person) -> None:
    flooding = await greg.connect()
    for _ in range(20):
        await flooding.post("ping")
    assert await flooding.closed() == 4429
    await (await greg.connect()).catch_up()


async def test_a_member_has_so_many_sockets_and_no_more(faye: Person) -> None:
    first, _second = [await faye.connect() for _ in range(2)]

    third = await faye.knock()
    assert (await third.hear("error"))["code"] == "E-C004"
    assert await third.closed() == 4429

    await first.catch_up()


async def test_a_socket_listens_to_so_many_rooms_and_no_more(faye: Person, room_name: str) -> None:
    one, two = [await faye.create_room(f"{room_name} {n}") for n in "ab"]
    socket = await faye.listen(one)

    assert await socket.refusal("subscribe", roomId=two) == "E-C004"
    await socket.subscribe(one)  # again is fine
    await socket.ask("unsubscribe", roomId=one)
    await socket.subscribe(two)


async def test_without_a_key_the_assistant_is_unavailable_and_all_else_works(greg: Person, room_name: str) -> None:
    room = await greg.create_room(room_name)
    socket = await greg.listen(room)

    assert await greg.code("POST", "/llm", roomId=room) == "E-A001"
    assert await socket.refusal("ask", roomId=room, message="누구 있어요?") == "E-A001"

    assert await greg.get(f"/history/{room}") == []


async def test_who_joins_and_leaves_in_a_circle_is_told_to_wait(
    strict: Process, meet: Meet, greg: Person, room_name: str
) -> None:
    hana = meet(strict, HANA, "Hana")
    room = await greg.create_room(room_name)
    path = f"/room/group/{room}"
    circle = [("POST", f"{path}/join"), ("DELETE", f"{path}/leave")] * 50
    hands = asyncio.Semaphore(8)  # one after the other a busy machine takes longer than the limit asks

    async def step(method: str, where: str) -> Any:
        async with hands:
            return await hana.call(method, where)

    answers = await asyncio.gather(*(step(method, where) for method, where in circle))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["code"] for answer in refused} == {"E-C004"}
    assert await greg.get("/my/rooms")


async def test_nobody_makes_rooms_all_day(strict: Process, meet: Meet, room_name: str) -> None:
    insu = meet(strict, INSU, "Insu")
    for number in range(4):
        await insu.create_room(f"{room_name} {number}")
    refusal = await insu.call("POST", "/room/group/create", roomName=f"{room_name} 5")
    assert (refusal.status_code, refusal.json()["code"]) == (429, "E-C004")
    assert refusal.json()["retryAfter"] > 0


# --- over both servers


async def acknowledged(socket: Socket, room: int, times: int) -> list[str]:
    """What was said and came through, of so many at once."""
    texts = [f"{number}번 말해요" for number in range(times)]
    sent = [await socket.post("chat", roomId=room, message=text) for text in texts]
    replies = [await socket.reply(frame_id) for frame_id in sent]
    return [text for text, reply in zip(texts, replies, strict=True) if reply["type"] == "ack"]


async def test_what_a_member_sends_at_two_servers_counts_together(
    servers: tuple[Process, Process], meet: Meet, room_name: str
) -> None:
    first, second = servers
    jiho, sora = meet(first, JIHO, "Jiho"), meet(second, SORA, "Sora")
    room = await jiho.create_room(room_name)
    await sora.join(room)
    here, there, hers = await jiho.connect(), await jiho.connect(at=second.address), await sora.connect()

    began = time.monotonic()
    said = await asyncio.gather(acknowledged(here, room, 8), acknowledged(there, room, 8))
    most = BURST + RATE * (time.monotonic() - began) + 2  # one on credit at each
    if not any(AWAY in server.read_log() for server in servers):  # else the machine was too busy to ask Redis
        assert BURST <= sum(map(len, said)) <= most
    assert (await hers.say(room, "저는 처음이에요"))["type"] == "ack"


async def test_codes_are_guessed_so_often_and_no_more_whichever_server_is_asked(
    servers: tuple[Process, Process], meet: Meet, room_name: str
) -> None:
    first, second = servers
    sora = meet(first, SORA, "Sora")
    room = await meet(first, JIHO, "Jiho").create_room(room_name)
    guesses = [
        await sora.call("POST", f"/room/group/{room}/join", at=server.address, code="틀린코드")
        for server in (first, second) * 3
    ]
    refused = [answer for answer in guesses if answer.status_code == 429]
    assert len(refused) == 6 - CODES
    assert 0 < int(refused[0].headers["retry-after"]) <= 3_600 / CODES


async def test_with_redis_frozen_the_order_stays_and_nobody_waits(
    servers: tuple[Process, Process], redis: RedisServer, meet: Meet, room_name: str
) -> None:
    first, _second = servers
    jiho = meet(first, JIHU, "Jihu")
    room = await jiho.create_room(room_name)
    socket = await jiho.listen(room)
    with redis.paused():
        async with asyncio.timeout(WAIT_S / 2):
            said = await acknowledged(socket, room, 8)
        assert len(said) >= BURST
        await asyncio.to_thread(first.wait_for_log, AWAY)
    stored = [message["message"] for message in await jiho.get(f"/history/{room}")]
    assert stored == said

    async with asyncio.timeout(WAIT_S):
        while BACK not in first.read_log():
            await acknowledged(socket, room, 1)
            await asyncio.sleep(1 / RATE)
