"""Redis servers that are full, forgetful, locked, a replica, a cluster, or not there; and one that is well."""

from typing import Any

import pytest
from redis import Redis

from chatproject.doctor.redis_checks import look_at_redis, look_at_several, place_of
from tests.chatproject.doctor.asking import said
from tests.servers import RedisServer, free_port, private_redis

pytestmark = pytest.mark.servers


def found(url: str) -> str:
    return "\n".join(said(look_at_redis(url), "broken", "warning", "note"))


def test_of_one_that_is_well_nothing_is_said_but_its_bounds(redis_server: RedisServer) -> None:
    place = place_of(redis_server.url)
    assert "broken" not in found(redis_server.url)
    assert f"note: {place} has no maxmemory" in found(redis_server.url)
    assert any(line.startswith(f"ok: words cross {place}") for line in said(look_at_redis(redis_server.url), "ok"))


def test_one_that_forgets_under_load_and_one_that_is_full_are_told_apart() -> None:
    with private_redis("--maxmemory", "1mb", "--maxmemory-policy", "allkeys-lru") as redis:
        words = found(redis.url)
        assert "maxmemory-policy is allkeys-lru" in words
        assert "of its maxmemory in use" in words
        assert "keys are evicted" in words


def test_a_user_that_may_too_little_is_told_which_command(redis_server: RedisServer) -> None:
    url = "redis://poor:hunter22@" + redis_server.url.removeprefix("redis://")
    client: Any = Redis.from_url(redis_server.url)
    acl = "on >hunter22 resetchannels &chat* ~chat* +publish +subscribe +unsubscribe +evalsha +script|load"
    acl += " +time +get +set"
    client.execute_command("ACL", "SETUSER", "poor", *acl.split())
    try:
        words = found(url)
    finally:
        client.execute_command("ACL", "DELUSER", "poor")
    assert "a command that limits and presence need fails: ZADD" in words
    assert "does not say how it is set up" in words
    assert "hunter22" not in words
    assert "does not know who asks" in found(url)


def test_replicas_clusters_and_nobody_are_told_apart(redis_server: RedisServer) -> None:
    with private_redis("--replicaof", "127.0.0.1", str(redis_server.port)) as copy:
        assert "is a replica, which takes no writes" in found(copy.url)
    with private_redis("--cluster-enabled", "yes") as cluster:
        assert "is a Redis Cluster" in found(cluster.url)
    port = free_port()
    assert f"broken: 127.0.0.1:{port} cannot be reached" in found(f"redis://127.0.0.1:{port}")
    with redis_server.paused():
        assert "cannot be reached: TimeoutError" in found(redis_server.url)


def test_several_are_several() -> None:
    assert said(look_at_several([]), "note")[0].startswith("note: REDIS_URL is empty")
    assert said(look_at_several(["redis://a:1/0", "redis://b:1"])) == []
    assert said(look_at_several(["redis://a:1", "redis://:x@a:1"]))[0].startswith(
        "warning: REDIS_URL names a:1 twice"
    )
