"""Two servers and a real Redis that is frozen, killed, away at the start."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from redis import Redis

from messaging.delivery.unheard import RIGHTS_WANTED
from messaging.server import ChatServer
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.people import Person, StartServer, connect, eventually
from tests.servers import RedisServer

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _many_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.delivery.link.BEAT_INTERVAL_S", 0.1)


@contextmanager
def impatient() -> Iterator[None]:
    """Meanwhile a silent Redis is soon taken for away. Not for longer: on a busy machine it is silent, too."""
    with pytest.MonkeyPatch.context() as hasty:
        hasty.setattr("messaging.delivery.link.CALL_TIMEOUT_S", 0.3)
        yield


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """Running before the test and after it, whatever the test did."""
    yield redis_server
    if redis_server._executor is None:
        redis_server.start()


@pytest.fixture
def layer_aliases(redis: RedisServer, settings: Any) -> Sequence[str]:
    layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis.url], "prefix": "faults"},
    }
    settings.CHANNEL_LAYERS = {"here": layer, "there": layer}
    return ["here", "there"]


async def listening(server: ChatServer, member_id: int, room: Room) -> Person:
    person = await connect(server, member_id)
    await person.subscribe(room.pk)
    return person


async def both_listening(start_server: StartServer, room: Room) -> tuple[Person, Person]:
    """Alice and Bob, each at a server."""
    alice = await listening(await start_server(), ALICE, room)
    return alice, await listening(await start_server(), BOB, room)


async def both_are(up: bool, *people: Person) -> None:
    await eventually(lambda: all(person.server.relay.is_up == up for person in people))


async def test_a_frozen_redis_slows_nobody_here_and_nothing_is_lost(
    start_server: StartServer, room: Room, redis: RedisServer
) -> None:
    alice, bob = await both_listening(start_server, room)
    bob_here = await listening(alice.server, BOB, room)
    await alice.say(room.pk, "before")
    await bob.hears("before")
    with impatient(), redis.paused():
        await alice.say(room.pk, "while frozen")
        await bob_here.hears("before", "while frozen")
        await both_are(False, alice, bob)
        await alice.say(room.pk, "still frozen")
        await bob_here.hears("before", "while frozen", "still frozen")
    await bob.hears("before", "while frozen", "still frozen")
    await both_are(True, alice, bob)
    await alice.say(room.pk, "after")
    await bob.hears("before", "while frozen", "still frozen", "after")


async def test_a_redis_that_was_killed_comes_back_and_nothing_is_lost(
    start_server: StartServer, room: Room, redis: RedisServer
) -> None:
    alice, bob = await both_listening(start_server, room)
    redis.kill()
    await alice.say(room.pk, "without Redis")
    await alice.hears("without Redis")
    await both_are(False, alice, bob)
    redis.start()
    await bob.hears("without Redis")
    await both_are(True, alice, bob)
    await bob.say(room.pk, "it is back")
    await alice.hears("without Redis", "it is back")


async def test_servers_start_without_redis_and_find_it_later(
    start_server: StartServer, room: Room, redis: RedisServer
) -> None:
    redis.kill()
    alice, bob = await connect(await start_server(), ALICE), await connect(await start_server(), BOB)
    await both_are(False, alice, bob)
    for person in (alice, bob):
        await person.subscribe(room.pk)
    bob_here = await listening(alice.server, BOB, room)
    await both_are(False, alice, bob)
    await alice.say(room.pk, "alone")
    await bob_here.hears("alone")
    redis.start()
    await bob.hears("alone")
    await both_are(True, alice, bob)
    await alice.say(room.pk, "together")
    await bob.hears("alone", "together")


async def test_who_subscribes_while_redis_is_away_is_not_kept_waiting(
    start_server: StartServer, room: Room, redis: RedisServer
) -> None:
    here, there = await start_server(), await start_server()
    alice, bob = await connect(here, ALICE), await connect(there, BOB)
    with impatient(), redis.paused():
        await both_are(False, alice, bob)
        await bob.subscribe(room.pk)
        await alice.say(room.pk, "while frozen")
    await bob.hears("while frozen")


@pytest.mark.parametrize(
    "rights",
    [["+@all", "resetchannels"], ["&chat*", "+publish"], ["&chat*", "+subscribe", "+unsubscribe"]],
    ids=["no channels", "no subscribe", "no publish"],
)
async def test_the_log_says_which_rights_a_redis_user_lacks(
    start_server: StartServer,
    redis: RedisServer,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    rights: list[str],
) -> None:
    monkeypatch.setattr("messaging.delivery.link.BEAT_LATE_S", 1.0)
    user = ["ACL", "SETUSER", "chat", "reset", "on", ">secret", *rights]
    with Redis(port=redis.port) as connection:
        connection.execute_command(*user)
    config = {"hosts": [redis.url.replace("://", "://chat:secret@")], "prefix": "chat"}
    settings.CHANNEL_LAYERS = {
        "limited": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": config}
    }
    server = await start_server(aliases=["limited"])
    await eventually(lambda: not server.relay.is_up)
    assert RIGHTS_WANTED in caplog.text
    with Redis(port=redis.port) as connection:
        connection.execute_command(
            "ACL", "SETUSER", "chat", "-@all", "+publish", "+subscribe", "+unsubscribe", "&chat*"
        )
    await eventually(lambda: server.relay.is_up)
