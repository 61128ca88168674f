"""Who is online, over two servers: told where one watches, right again after a server or Redis died."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import WAIT_S, running, serve
from tests.e2e.wire import Frame
from tests.factories import ALICE, BOB
from tests.servers import private_redis

pytestmark = pytest.mark.e2e

GINA, HUGO, IVAN = 70_011, 70_012, 70_013  # no test before has left them online
GONE_WITHIN_S = 60.0
ASKED_WITHIN_S = 1.0  # nobody waits for Redis
RIGHT_AGAIN_WITHIN_S = 30.0
PUT_AWAY_AFTER_S = 15.0  # what a stopped process left


async def watch(socket: Socket, *member_ids: int) -> dict[int, bool]:
    """Who of them is online, as far as one may know."""
    assert (await socket.ask("watch", memberIds=list(member_ids)))["type"] == "ok"
    return {one["memberId"]: one["online"] for one in (await socket.hear("presence"))["members"]}


async def hear_of(socket: Socket, member_id: int) -> bool:
    """Whether the member is online, as the next frame about them says."""
    while True:
        for one in (await socket.hear("presence"))["members"]:
            if one["memberId"] == member_id:
                return bool(one["online"])


def told_of(socket: Socket, member_id: int) -> list[Frame]:
    """All that the socket was told of the member."""
    told = [one for frame in socket.all_heard("presence") for one in frame["members"]]
    return [one for one in told if one["memberId"] == member_id]


async def online(person: Person, member_id: int, *, at: str = "") -> bool:
    """As REST says at once."""
    async with asyncio.timeout(ASKED_WITHIN_S):
        answer = await person.call("GET", "/presence", at=at, memberIds=str(member_id))
    return any(one["online"] for one in answer.json()["data"]["members"])


async def test_who_comes_at_one_server_is_seen_at_the_other_until_they_hide(
    pair: Pair, meet: Meet, room_name: str
) -> None:
    gina, hugo = meet(pair.first, GINA, "Gina"), meet(pair.second, HUGO, "Hugo")
    room = await gina.create_room(room_name)
    await hugo.join(room)
    hers = await gina.listen(room)
    stranger = await meet(pair.first, IVAN, "Ivan").connect()
    assert await watch(stranger, GINA, HUGO) == {}
    assert await watch(hers, HUGO, IVAN) == {HUGO: False}
    await hugo.listen(room)
    assert await hear_of(hers, HUGO)
    assert (await gina.get("/presence", memberIds=str(HUGO)))["members"][0]["online"]

    await hugo.put("/me/preferences", {"hidesPresence": True})
    assert not await hear_of(hers, HUGO)
    assert not (await gina.get("/presence", memberIds=str(HUGO)))["members"][0]["online"]
    await hugo.put("/me/preferences", {"hidesPresence": False})
    assert await hear_of(hers, HUGO)
    assert stranger.all_heard("presence")[1:] == []


@pytest.mark.chaos
async def test_a_restart_shows_nobody_away_and_a_killed_server_s_members_go(
    pair: Pair, meet: Meet, logs: Path
) -> None:
    with private_redis() as redis:
        env = pair.env | {"REDIS_URL": redis.url}
        first, second = serve(logs, env), serve(logs, env)
        with running(first, second):
            alice, bob = meet(first, ALICE, "Alice"), meet(second, BOB, "Bob")
            room = await alice.create_room("꺼지는 서버")
            await bob.join(room)
            hers = await alice.listen(room)
            await watch(hers, BOB)
            await bob.listen(room)
            assert await hear_of(hers, BOB)

            second.ask_to_stop()  # an ordinary restart: who comes back in time never went
            elsewhere = await bob.listen(room, at=first.address)
            await asyncio.to_thread(second.wait)
            await asyncio.to_thread(second.start)
            await bob.listen(room)
            await elsewhere.connection.close()
            await asyncio.sleep(PUT_AWAY_AFTER_S)  # nothing tells of what must not come
            assert [one["online"] for one in told_of(hers, BOB)] == [False, True]

            second.kill()
            began = time.monotonic()
            assert not await hear_of(hers, BOB)
            gone_s = time.monotonic() - began
            assert gone_s < GONE_WITHIN_S
            await asyncio.to_thread(second.start)
            again = await bob.listen(room)
            assert await hear_of(hers, BOB)

            redis.kill()
            assert not await online(alice, BOB, at=first.address)  # what this server knows
            assert await online(alice, ALICE, at=first.address)
            redis.start()
            began = time.monotonic()
            async with asyncio.timeout(RIGHT_AGAIN_WITHIN_S):
                while not await online(alice, BOB, at=first.address):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.1)
            right_s = time.monotonic() - began
            await again.connection.close()
            assert not await hear_of(hers, BOB)
            print(f"gone {gone_s:.1f} s after the kill, right {right_s:.1f} s after Redis was back")
            assert gone_s + right_s < WAIT_S
