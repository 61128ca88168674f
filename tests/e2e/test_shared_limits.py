"""Two servers, one Redis: a member's limits are of both together. And with that Redis frozen the chat goes on."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.processes import Process, running, serve
from tests.servers import RedisServer, private_redis
from tests.times import WAIT_S

pytestmark = pytest.mark.e2e

JIHO, SORA = 41, 42
RATE, BURST, CODES = 1, 3, 3
AWAY, BACK = "each process keeps limits by itself", "Redis is back, and keeps limits"
NARROW = {"LIMIT_SENDS_PER_SECOND": str(RATE), "LIMIT_JOIN_CODES_PER_HOUR": str(CODES)}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture(scope="module")
def servers(pair: Pair, redis: RedisServer) -> Iterator[tuple[Process, Process]]:
    first, second = [serve(pair.directory, pair.env | NARROW | {"REDIS_URL": redis.url}) for _ in range(2)]
    with running(first, second):
        yield first, second


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
    said = await asyncio.gather(acknowledged(here, room, 20), acknowledged(there, room, 20))
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
    jiho = meet(first, JIHO + 10, "Jihu")
    room = await jiho.create_room(room_name)
    socket = await jiho.listen(room)
    with redis.paused():
        async with asyncio.timeout(WAIT_S / 2):
            said = await acknowledged(socket, room, 10)
        assert len(said) >= BURST
        await asyncio.to_thread(first.wait_for_log, AWAY)
    stored = [message["message"] for message in await jiho.get(f"/history/{room}")]
    assert stored == said

    async with asyncio.timeout(WAIT_S):
        while BACK not in first.read_log():
            await acknowledged(socket, room, 1)
            await asyncio.sleep(1 / RATE)
