"""Who is online and who looks, over processes that share a Redis, and where it is away."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from messaging.presence import here as here_module
from messaging.presence import script
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import eventually, soon
from tests.messaging.presence.conftest import Place, StartPlace, until
from tests.servers import HOST, RedisServer
from tests.times import WAIT_S

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("patient")]


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here_module, "GRACE_S", 0.0)


async def online_at(place: Place, member_id: int) -> None:
    await until(lambda: place.is_online(member_id))


async def away_at(place: Place, member_id: int) -> None:
    async def is_away() -> bool:
        return not await place.is_online(member_id)

    await until(is_away)


async def test_who_has_a_socket_anywhere_is_online_everywhere(start_place: StartPlace) -> None:
    here, there = start_place(), start_place()
    here.connect(ALICE)

    assert await here.is_online(ALICE)
    await online_at(there, ALICE)
    assert not await there.is_online(BOB)
    await eventually(lambda: here.told == [ALICE])
    assert there.told == []


@pytest.mark.usefixtures("short_grace")
async def test_who_goes_is_away_since_then(start_place: StartPlace) -> None:
    here, there = start_place(), start_place()
    session = here.connect(ALICE)
    await online_at(there, ALICE)
    here.end(session)
    await away_at(there, ALICE)
    await eventually(lambda: here.told == [ALICE, ALICE])

    for place in (here, there):
        _online, seen_at = (await soon(place.presence.of([ALICE])))[ALICE]
        assert seen_at is not None
        assert abs(seen_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.usefixtures("short_grace")
async def test_who_has_another_socket_elsewhere_stays_online(start_place: StartPlace) -> None:
    here, there, third = start_place(), start_place(), start_place()
    session = here.connect(ALICE)
    there.connect(ALICE)
    await online_at(third, ALICE)
    here.end(session)
    await eventually(lambda: here.told == [ALICE, ALICE])

    assert await here.is_online(ALICE)
    assert await third.is_online(ALICE)


async def test_who_looks_anywhere_is_known_to_look(start_place: StartPlace) -> None:
    here, there = start_place(), start_place()
    session = here.connect(ALICE, looks=True)
    here.connect(BOB, looks=False)
    here.connect(CHARLIE)
    await online_at(there, CHARLIE)
    await online_at(there, BOB)

    assert await soon(there.presence.looked_within([ALICE, BOB, CHARLIE, 999], 30.0)) == {ALICE, BOB}
    assert await there.looks(ALICE, 0.0)
    assert not await there.looks(BOB, 0.0)

    here.presence.look(session, is_on=False)
    assert not await here.looks(ALICE, 0.0)
    await until(lambda: _not(there.looks(ALICE, 0.0)))
    assert await there.looks(ALICE, 30.0)


async def _not(answer: "asyncio.Future[bool] | object") -> bool:
    return not await answer  # type: ignore[misc]


async def test_a_client_that_never_says_so_looks_when_it_does_something(
    start_place: StartPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.presence.presence.LOOKS_AGAIN_S", 0.0)
    here, there = start_place(), start_place()
    session = here.connect(ALICE)
    await online_at(there, ALICE)
    assert not await there.looks(ALICE)

    session.looked_at = asyncio.get_running_loop().time()
    assert await here.looks(ALICE)
    await until(lambda: there.looks(ALICE))


async def test_members_are_spread_over_several_servers(
    start_place: StartPlace, redis: RedisServer, key: str
) -> None:
    urls = [f"{redis.url}/{number}" for number in range(2)]
    here, there = start_place(*urls), start_place(*urls)
    members = range(100, 120)
    for member_id in members:
        here.connect(member_id)

    async def all_are_online() -> bool:
        return all(is_online for is_online, _seen in (await there.presence.of(members)).values())

    await until(all_are_online)
    for number in range(2):
        with Redis(host=HOST, port=redis.port, db=number, decode_responses=True) as client:
            (at,) = [name for name in client.keys(f"{key}:at:*") if client.zcard(name)]
            assert {int(member_id) % 2 for member_id in client.zrange(at, 0, -1)} == {number}


# --- processes that end


async def test_the_members_of_a_killed_process_go_and_are_told_of(
    start_place: StartPlace, redis_client: Any, key: str
) -> None:
    here, there = start_place(), start_place()
    here.connect(ALICE, looks=True)
    await online_at(there, ALICE)
    await here.dies()
    assert await there.is_online(ALICE)

    (number,) = [
        one for one in redis_client.zrange(f"{key}:beats", 0, -1) if redis_client.zcard(f"{key}:at:{one}")
    ]
    redis_client.zincrby(f"{key}:beats", -script.DEAD_AFTER_S * script.MILLISECONDS, number)
    await away_at(there, ALICE)
    await eventually(lambda: there.told == [ALICE])
    _online, seen_at = (await soon(there.presence.of([ALICE])))[ALICE]
    assert seen_at is not None
    assert not await there.looks(ALICE, 10.0)
    await until(lambda: _is(lambda: redis_client.zcard(f"{key}:beats") == 1))


async def _is(condition: Callable[[], bool]) -> bool:
    return condition()


async def test_who_comes_back_elsewhere_after_a_restart_never_went(
    start_place: StartPlace, redis_client: Any, key: str
) -> None:
    here, there = start_place(), start_place()
    here.connect(ALICE)
    await online_at(there, ALICE)
    await here.presence.stop()
    assert await there.is_online(ALICE)

    there.connect(ALICE)
    await eventually(lambda: there.told == [ALICE])
    beats = redis_client.zrange(f"{key}:beats", 0, -1, withscores=True)
    assert round((beats[1][1] - beats[0][1]) / script.MILLISECONDS) in range(9, 15)


# --- Redis


async def test_nobody_waits_for_a_frozen_redis(
    start_place: StartPlace, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = start_place(), start_place()
    here.connect(ALICE, looks=True)
    there.connect(BOB)
    await online_at(there, ALICE)
    monkeypatch.setattr("chatproject.limits.shards.ANSWER_WITHIN_S", 0.05)
    with redis.paused():
        async with asyncio.timeout(WAIT_S):
            while there.presence.is_up:  # noqa: ASYNC110 - its beat finds out
                await asyncio.sleep(0.01)
        async with asyncio.timeout(1.0):
            assert await there.presence.of([ALICE, BOB]) == {ALICE: (False, None), BOB: (True, None)}
            assert await there.presence.looked_within([ALICE, BOB], 30.0) == set()
            assert (await there.presence.settled([ALICE]))[1] is False
    await online_at(there, ALICE)
    await until(lambda: there.looks(ALICE))


@pytest.mark.usefixtures("short_grace")
async def test_after_redis_lost_everything_it_is_told_again(start_place: StartPlace, redis: RedisServer) -> None:
    here, there = start_place(), start_place()
    stays, goes = here.connect(ALICE), here.connect(BOB)
    await online_at(there, ALICE)
    redis.kill()
    await eventually(lambda: not here.presence.is_up and not there.presence.is_up)
    here.end(goes)
    here.connect(CHARLIE)
    redis.start()
    await online_at(there, ALICE)
    await online_at(there, CHARLIE)
    assert not await there.is_online(BOB)
    assert (await soon(there.presence.settled([BOB])))[1] is False  # so soon after, who knows
    assert stays.is_open


async def test_a_process_that_was_given_up_for_dead_tells_again(
    start_place: StartPlace, redis_client: Any, key: str
) -> None:
    here, there = start_place(), start_place()
    here.connect(ALICE)
    await online_at(there, ALICE)
    for at in redis_client.keys(f"{key}:at:*"):
        redis_client.delete(at)
    await online_at(there, ALICE)


async def test_alone_a_process_knows_by_itself(start_place: StartPlace) -> None:
    place = start_place(alone=True)
    place.connect(ALICE, looks=True)

    assert await soon(place.presence.settled([ALICE, BOB])) == ({ALICE: (True, None), BOB: (False, None)}, True)
    assert await place.looks(ALICE)
    await eventually(lambda: place.told == [ALICE])


@pytest.mark.usefixtures("short_grace")
async def test_of_who_is_forgotten_nothing_is_left(start_place: StartPlace) -> None:
    here, there = start_place(), start_place()
    here.end(here.connect(ALICE))
    here.end(here.connect(BOB))
    await until(lambda: _was_seen(there, ALICE))
    await until(lambda: _was_seen(there, BOB))
    here.presence.forget(ALICE)

    async def is_forgotten() -> bool:
        return not await _was_seen(there, ALICE) and not await _was_seen(here, ALICE)

    await until(is_forgotten)
    assert await _was_seen(there, BOB)


async def _was_seen(place: Place, member_id: int) -> bool:
    return (await soon(place.presence.of([member_id])))[member_id][1] is not None
