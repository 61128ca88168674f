"""The proxy before a real Redis: it carries, swallows, loses and reorders what it was told to."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
import redis.asyncio
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from tests.e2e.chaos.proxy import Proxy, proxy_before
from tests.e2e.processes import WAIT_S
from tests.servers import HOST, RedisServer

pytestmark = pytest.mark.e2e

TOO_LONG_S = 0.3
DELAY_S = 0.1


@pytest.fixture
def proxy(redis: RedisServer) -> Iterator[Proxy]:
    with proxy_before(redis.port, reads_redis=True) as proxy:
        yield proxy


@pytest.fixture
async def speaker(redis: RedisServer) -> AsyncIterator["redis.asyncio.Redis"]:
    async with connect(redis.port) as client:
        yield client


@pytest.fixture
async def listener(proxy: Proxy) -> AsyncIterator[PubSub]:
    async with connect(proxy.port) as client, client.pubsub() as listener:
        await listener.subscribe("room")
        await listener.get_message(timeout=WAIT_S)
        yield listener


def connect(port: int) -> "redis.asyncio.Redis":
    return redis.asyncio.Redis(host=HOST, port=port)


async def hear(listener: PubSub, how_many: int) -> list[bytes]:
    messages = [await listener.get_message(timeout=WAIT_S) for _ in range(how_many)]
    return [message["data"] for message in messages if message]


async def test_it_carries_what_it_was_not_told_to_touch(speaker: "redis.asyncio.Redis", listener: PubSub) -> None:
    for word in ("one", "two"):
        await speaker.publish("room", word)

    assert await hear(listener, 2) == [b"one", b"two"]


async def test_it_loses_a_message(proxy: Proxy, speaker: "redis.asyncio.Redis", listener: PubSub) -> None:
    proxy.loses = lambda channel, contents: (channel, contents) == (b"room", b"one")
    for word in ("one", "two"):
        await speaker.publish("room", word)

    assert await hear(listener, 1) == [b"two"]
    assert proxy.lost == 1


async def test_it_puts_a_message_behind_the_next(
    proxy: Proxy, speaker: "redis.asyncio.Redis", listener: PubSub
) -> None:
    proxy.holds = lambda _channel, contents: contents == b"one"
    for word in ("one", "two", "three"):
        await speaker.publish("room", word)

    assert await hear(listener, 3) == [b"two", b"one", b"three"]
    assert proxy.reordered == 1


async def test_who_was_swallowed_from_stays_deaf_and_who_comes_afterwards_is_heard(proxy: Proxy) -> None:
    async with connect(proxy.port) as old, connect(proxy.port) as new:
        await old.ping()
        proxy.swallows = True
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(TOO_LONG_S):
                await old.ping()
        proxy.swallows = False

        assert await new.ping()


async def test_it_is_as_slow_as_it_was_told_to_be(proxy: Proxy) -> None:
    async with connect(proxy.port) as client:
        await client.ping()
        proxy.delay_s = DELAY_S
        began = time.monotonic()
        await client.ping()

    assert time.monotonic() - began >= 2 * DELAY_S


async def test_it_cuts_every_connection(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    writer.write(b"PING\r\n")
    assert await reader.readline() == b"+PONG\r\n"
    proxy.cut()

    async with asyncio.timeout(WAIT_S):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.transport.abort()


async def test_without_redis_it_closes(proxy: Proxy, redis: RedisServer) -> None:
    redis.kill()
    try:
        async with connect(proxy.port) as client:
            with pytest.raises(RedisError):
                await client.ping()
    finally:
        redis.start()
