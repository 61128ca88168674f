"""Where REDIS_URL leads: servers by themselves, or watched by Sentinels; clusters are refused. With real ones."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from redis import Redis

from chatproject.limits.shared import SharedLimits
from chatproject.redis_servers import layer_host, read_redis_urls, refuse_other_modes
from tests.factories import ALICE, BOB
from tests.servers import HOST, RedisServer, private_redis
from tests.times import POLL_S, WAIT_S

NAME = "REDIS_URL"
FEW = "redis+sentinel://chat:p%40w@one:26380,two,[::1]:5/chat.1?sentinel_password=hush"
DOWN_AFTER_MS = 300


@pytest.mark.parametrize("raw", ["redis://h?nonsense=1", "redis://h?db=abc", "redis://h?socket_timeout=soon"])
def test_options_that_redis_client_does_not_know_are_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv(NAME, f"redis://fine,{raw}")

    with pytest.raises(ImproperlyConfigured, match="Set REDIS_URL without options that Redis' client refuses"):
        read_redis_urls(NAME)


REDIS_URLS = [
    "redis://h",
    "rediss://u:p@h:6380/1",
    "redis://h:6379/0?socket_timeout=1",
    "unix:///run/redis.sock?db=1",
]


@pytest.mark.parametrize("raw", REDIS_URLS)
def test_a_redis_server_has_numbered_databases(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv(NAME, raw)

    assert read_redis_urls(NAME) == [raw]


@pytest.mark.parametrize("raw", ["redis://h/chat", "redis://h/0/1", "redis://a,redis://b/-1"])
def test_another_path_on_a_redis_server_is_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match="Set REDIS_URL to redis://host:port/number"):
        read_redis_urls(NAME)


def test_sentinels_stand_in_one_url_beside_servers_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, f"redis://alone, {FEW}, redis://other")

    assert read_redis_urls(NAME) == ["redis://alone", FEW, "redis://other"]
    host = layer_host(FEW)
    assert isinstance(host, dict)
    assert (host["master_name"], host["username"], host["password"]) == ("chat.1", "chat", "p@w")
    assert host["sentinels"] == [("one", 26380), ("two", 26379), ("::1", 5)]
    assert host["sentinel_kwargs"]["password"] == "hush"
    assert layer_host("redis://alone") == "redis://alone"
    secured = layer_host("rediss+sentinel://one/chat")
    assert isinstance(secured, dict)
    assert secured["ssl"]
    assert secured["sentinel_kwargs"]["ssl"]


@pytest.mark.parametrize(
    "raw",
    [
        "redis+sentinel://one:26379",
        "redis+sentinel://one/chat/1",
        "redis+sentinel:///chat",
        "redis+sentinel://one:port/chat",
        "redis+sentinel://one/chat?db=1",
    ],
)
def test_a_url_of_sentinels_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match=r"^Set REDIS_URL to redis\+sentinel://user:password@"):
        read_redis_urls(NAME)


# --- real ones


class Trio(NamedTuple):
    """A Redis, its copy, and the Sentinel that watches them."""

    first: RedisServer
    second: RedisServer
    sentinel: RedisServer

    @property
    def url(self) -> str:
        return f"redis+sentinel://{HOST}:{self.sentinel.port}/chat"


@pytest.fixture
def trio() -> Iterator[Trio]:
    with (
        private_redis("--repl-diskless-sync-delay", "0") as first,
        private_redis("--replicaof", HOST, str(first.port)) as second,
    ):
        lines = [
            f"sentinel monitor chat {HOST} {first.port} 1",
            f"sentinel down-after-milliseconds chat {DOWN_AFTER_MS}",
            "sentinel failover-timeout chat 1000",
        ]
        with private_redis("--sentinel", configuration="\n".join(lines)) as sentinel:
            with Redis(host=HOST, port=first.port) as client:
                assert client.wait(1, int(WAIT_S * 1000)) == 1  # the copy is one
            with Redis(host=HOST, port=sentinel.port) as client:
                while not client.sentinel_slaves("chat"):
                    time.sleep(POLL_S)
            yield Trio(first, second, sentinel)


async def say_until_heard(speaker: Any, listener: Any, word: str) -> None:
    """A layer is a doorbell: what rings while nobody is there is lost."""

    async def hear() -> None:
        while (await listener.receive("chat.listener"))["word"] != word:
            pass

    hearing = asyncio.create_task(hear())
    await asyncio.sleep(0)
    async with asyncio.timeout(WAIT_S):
        while not hearing.done():
            with suppress(Exception):  # until a Redis is in charge
                await listener.group_add("chat.group", "chat.listener")
                await speaker.group_send("chat.group", {"word": word})
            await asyncio.wait([hearing], timeout=POLL_S)
    await hearing


async def close_sentinels(client: Any) -> None:
    """In a process they end with it."""
    for sentinel in client.connection_pool.sentinel_manager.sentinels:
        await sentinel.aclose()


@pytest.mark.servers
async def test_where_sentinels_have_another_take_over_it_rings_and_keeps_limits(trio: Trio) -> None:
    refuse_other_modes(NAME, [trio.url])
    speaker, listener = [RedisPubSubChannelLayer(hosts=[layer_host(trio.url)], prefix="chat") for _ in range(2)]
    limits = SharedLimits([trio.url])
    limits.name("sentinels")
    codes = limits.buckets("codes", rate=0.001, burst=1, is_exact=True)
    await say_until_heard(speaker, listener, "before")
    assert await codes.take(ALICE) == 0.0
    with Redis(host=HOST, port=trio.first.port) as client:
        assert len(client.keys("chat:sentinels:limits:*")) == 1

    trio.first.kill()

    await say_until_heard(speaker, listener, "afterwards")
    with Redis(host=HOST, port=trio.second.port) as client:
        async with asyncio.timeout(WAIT_S):
            for member_id in count(BOB):
                await codes.take(member_id)
                if len(client.keys("chat:sentinels:limits:*")) > 1:  # beside Alice's, which was copied
                    break
                await asyncio.sleep(POLL_S)
    assert await codes.take(ALICE) > 0.0
    assert limits.is_up
    for layer in (speaker, listener):
        await close_sentinels(layer._get_layer()._shards[0]._redis)
        await layer.flush()
    await close_sentinels(limits._shards[0]._client)
    await limits.stop()


@pytest.mark.servers
def test_clusters_and_sentinels_are_refused_and_whoever_is_away_or_says_nothing_is_not(settings: Any) -> None:
    with (
        private_redis() as alone,
        private_redis("--cluster-enabled", "yes") as cluster,
        private_redis("--sentinel", configuration="sentinel monitor chat 127.0.0.1 1 1") as sentinel,
    ):
        with Redis(host=HOST, port=alone.port) as client:
            client.execute_command("ACL", "SETUSER", "bell", "on", ">pw", "resetchannels", "+publish")
        refuse_other_modes(NAME, [alone.url, alone.url.replace("//", "//bell:pw@"), f"redis://{HOST}:1"])
        with pytest.raises(ImproperlyConfigured, match=r"^Set REDIS_URL to a Redis that is no Redis Cluster"):
            refuse_other_modes(NAME, [alone.url, cluster.url])
        with pytest.raises(ImproperlyConfigured, match=r"^Set REDIS_URL to redis\+sentinel://"):
            refuse_other_modes(NAME, [sentinel.url])
        settings.REDIS_URLS = [cluster.url]
        with pytest.raises(CommandError, match=r"^Set REDIS_URL to a Redis that is no Redis Cluster"):
            call_command("serve")


@pytest.mark.servers
@pytest.mark.parametrize("patience_s", [WAIT_S, 0.0])
async def test_a_cluster_that_comes_later_is_named_in_the_log(
    patience_s: float, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.limits.shards.ANSWER_WITHIN_S", patience_s)
    monkeypatch.setattr("chatproject.limits.shards.MOMENT_S", 0.0)
    with private_redis("--cluster-enabled", "yes") as cluster:
        with Redis(host=HOST, port=cluster.port) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        limits = SharedLimits([cluster.url])
        limits.name("late")
        codes = limits.buckets("codes", rate=1, burst=9, is_exact=True)
        with caplog.at_level(logging.WARNING):
            async with asyncio.timeout(WAIT_S):
                while "REDIS_URL leads to a Redis Cluster" not in caplog.text:
                    await asyncio.gather(*(codes.take(member_id) for member_id in range(9)))
                    await asyncio.sleep(POLL_S)
        await limits.stop()
