"""Two processes that keep limits in one real Redis; that Redis frozen, killed, full, back."""

import asyncio
import logging
import re
from collections.abc import Callable

import pytest
from redis import Redis

from chatproject.limits import shards
from chatproject.limits.shared import SharedBuckets, SharedLimits
from tests.chatproject.limits.conftest import StartLimits
from tests.factories import ALICE, BOB
from tests.servers import HOST, RedisServer
from tests.times import POLL_S, WAIT_S

pytestmark = pytest.mark.servers

BURST = 12
RATE = 0.01  # no token comes back during a test
AWAY, BACK = "each process keeps limits by itself", "Redis is back"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine Redis is slow, and no test is about that but those that freeze it."""
    monkeypatch.setattr(shards, "ANSWER_WITHIN_S", WAIT_S)
    monkeypatch.setattr(shards, "RETRY_S", 0.02)


async def given(buckets: SharedBuckets, member_id: int, times: int) -> int:
    """To how many of so many attempts, one after the other as on one socket."""
    async with asyncio.timeout(WAIT_S):
        return [await buckets.take(member_id) for _ in range(times)].count(0.0)


async def until(is_so: Callable[[], bool], buckets: SharedBuckets) -> None:
    """Somebody else goes on saying something until it is so."""
    async with asyncio.timeout(WAIT_S):
        while not is_so():
            await buckets.take(BOB)
            await asyncio.sleep(POLL_S)


async def test_what_two_processes_give_together_is_the_limit(start_limits: StartLimits) -> None:
    here, there = [start_limits().buckets("sends", rate=RATE, burst=BURST) for _ in range(2)]
    together = sum(await asyncio.gather(given(here, ALICE, 40), given(there, ALICE, 40)))
    assert BURST <= together <= BURST + 2  # one on credit at each
    assert await given(here, ALICE, 5) == await given(there, ALICE, 5) == 0
    assert await given(there, BOB, 1) == 1


async def test_an_exact_limit_is_so_to_one(start_limits: StartLimits) -> None:
    buckets = [start_limits().buckets("codes", rate=RATE, burst=BURST, is_exact=True) for _ in range(3)]
    assert sum(await asyncio.gather(*(given(each, ALICE, 9) for each in buckets))) == BURST


async def test_many_sockets_of_a_member_at_one_process_are_told_apart_and_none_is_forgotten(
    start_limits: StartLimits,
) -> None:
    buckets = start_limits().buckets("sends", rate=RATE, burst=BURST)
    async with asyncio.timeout(WAIT_S):
        waits = await asyncio.gather(*(buckets.take(ALICE) for _ in range(50)))
    assert waits.count(0.0) in (BURST, BURST - 1)  # one may lie in a lease
    assert all(99 < wait_s <= 200 for wait_s in waits if wait_s)


async def test_limits_of_two_names_and_of_two_deployments_are_not_one(start_limits: StartLimits) -> None:
    mine = start_limits()
    other = start_limits(deployment="another")
    taken = [
        limits.buckets(name, rate=RATE, burst=BURST) for limits in (mine, other) for name in ("sends", "writes")
    ]
    assert [await given(buckets, ALICE, BURST) for buckets in taken] == [BURST] * 4


async def test_a_lone_message_never_waits_for_redis(start_limits: StartLimits) -> None:
    buckets = start_limits().buckets("sends", rate=RATE, burst=BURST)
    with pytest.raises(StopIteration, match=r"0\.0"):  # it returned without giving the loop a turn
        buckets.take(ALICE).send(None)


async def test_several_redis_have_a_part_of_the_members_each(
    start_limits: StartLimits, redis: RedisServer
) -> None:
    urls = [f"{redis.url}/{number}" for number in (1, 2)]
    here, there = [start_limits(*urls).buckets("codes", rate=RATE, burst=BURST, is_exact=True) for _ in range(2)]
    for member_id in range(1, 21):
        assert await given(here, member_id, 7) + await given(there, member_id, 7) == BURST
    sizes = [Redis(host=HOST, port=redis.port, db=number).dbsize() for number in (1, 2)]
    assert all(sizes)


async def test_names_of_keys_tell_the_member_s_number_and_nothing_more(
    start_limits: StartLimits, redis: RedisServer
) -> None:
    limits = start_limits(deployment="keys")
    await limits.buckets("codes", rate=RATE, burst=BURST, is_exact=True).take(ALICE)
    limits.counter("flood").count("Alice says 비밀", 60)
    await limits.stop()
    [bucket, counted] = sorted(
        map(str, Redis(host=HOST, port=redis.port, decode_responses=True).keys("chat:keys:*"))
    )
    assert bucket == f"chat:keys:limits:codes:{ALICE}"
    assert re.fullmatch("chat:keys:limits:flood:[0-9a-f]{32}", counted)


async def test_before_the_deployment_has_a_name_and_without_redis_each_process_has_its_own() -> None:
    unnamed, alone = SharedLimits(["redis://127.0.0.1:1"]), SharedLimits([])
    alone.name("alone")
    for limits in (unnamed, alone):
        assert await given(limits.buckets("sends", rate=RATE, burst=BURST), ALICE, 40) == BURST
        assert limits.is_up
        await limits.stop()


async def test_a_limit_of_zero_is_none(start_limits: StartLimits) -> None:
    assert await given(start_limits().buckets("sends", rate=0, burst=0), ALICE, 1_000) == 1_000


# --- Redis away


async def test_redis_freezes_and_nobody_waits_for_it_but_once(
    start_limits: StartLimits, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = start_limits()
    buckets = limits.buckets("sends", rate=RATE, burst=BURST)
    assert await given(buckets, ALICE, 4) == 4
    with redis.paused():
        monkeypatch.setattr(shards, "ANSWER_WITHIN_S", 0.05)
        assert await given(buckets, ALICE, 40) == BURST - 4  # as many as this process had left by itself
        assert await given(buckets, BOB, 40) == BURST
        assert not limits.is_up
        monkeypatch.setattr(shards, "ANSWER_WITHIN_S", WAIT_S)
    await until(lambda: limits.is_up, buckets)
    assert await given(buckets, ALICE, 5) == 0


async def test_redis_is_killed_comes_back_empty_and_keeps_limits_again(
    start_limits: StartLimits, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    limits = [start_limits() for _ in range(2)]
    here, there = [each.buckets("codes", rate=RATE, burst=BURST, is_exact=True) for each in limits]
    assert await given(here, ALICE, BURST) == BURST
    redis.kill()
    assert await given(here, ALICE, 5) == 0
    assert await given(there, ALICE, 40) == BURST
    redis.start()
    await until(lambda: limits[0].is_up, here)
    await until(lambda: limits[1].is_up, there)
    assert [line.startswith(AWAY) for line in caplog.messages] == [True, False]
    assert await given(here, 77, 7) + await given(there, 77, 7) == BURST


async def test_a_full_redis_refuses_nobody(
    start_limits: StartLimits, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    limits = start_limits()
    buckets = limits.buckets("codes", rate=RATE, burst=BURST, is_exact=True)
    with Redis(host=HOST, port=redis.port) as operator:
        operator.config_set("maxmemory", 1)
        try:
            assert await given(buckets, ALICE, 40) == BURST
            assert "OutOfMemory" in caplog.text
        finally:
            operator.config_set("maxmemory", 0)
    await until(lambda: limits.is_up, buckets)


async def test_a_redis_user_without_the_rights_is_told_which_it_needs(
    start_limits: StartLimits, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Redis(host=HOST, port=redis.port) as operator:
        operator.execute_command("ACL", "SETUSER", "bell", "on", ">pw", "resetchannels", "&chat*", "+publish")
        url = redis.url.replace("//", "//bell:pw@")
        assert (
            await given(start_limits(url).buckets("codes", rate=RATE, burst=BURST, is_exact=True), ALICE, 40)
            == BURST
        )
        assert shards.RIGHTS_WANTED in caplog.text
        caplog.clear()
        operator.execute_command("ACL", "SETUSER", "bell", "~chat*", "+evalsha", "+script|load", "+time")
        limits = start_limits(url, deployment="with-some-rights")
        assert await given(limits.buckets("codes", rate=RATE, burst=BURST, is_exact=True), ALICE, 40) == BURST
        assert shards.RIGHTS_WANTED in caplog.text
        rights = ["+evalsha", "+script|load", "+time", "+get", "+set", "+rpush", "+ltrim", "+lrange", "+pexpire"]
        operator.execute_command("ACL", "SETUSER", "bell", "~chat*", *rights)
        limits = start_limits(url, deployment="with-rights")
        assert await given(limits.buckets("codes", rate=RATE, burst=BURST, is_exact=True), ALICE, 40) == BURST
        limits.counter("flood").count("x", 60)
        await limits.stop()
        assert limits.is_up


async def test_at_the_end_nobody_is_left_waiting(start_limits: StartLimits, redis: RedisServer) -> None:
    limits = start_limits()
    buckets = limits.buckets("codes", rate=RATE, burst=BURST, is_exact=True)
    with redis.paused():
        waiting = asyncio.create_task(given(buckets, ALICE, 40))
        await asyncio.sleep(0)
        await limits.stop()
        assert await waiting == BURST


async def test_only_buckets_that_are_full_again_are_forgotten(
    start_limits: StartLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedBuckets, "SWEEP_AT", 4)
    monkeypatch.setattr("chatproject.limits.leases.LEASE_S", 0.0)
    limits = start_limits()
    quick = limits.buckets("quick", rate=1_000_000, burst=2)
    for member_id in range(1, 5):
        await quick.take(member_id)
    await asyncio.sleep(2 * shards.LINGER_S)
    await limits.stop()
    await quick.take(9)
    assert len(quick._leases) < 4
