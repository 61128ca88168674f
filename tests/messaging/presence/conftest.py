"""A Redis to freeze and kill, and what processes know of each other's members by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from redis import Redis

from chatproject.limits import shards
from messaging.delivery.hub import Hub
from messaging.delivery.sessions import Session
from messaging.presence.presence import KEY, Presence
from tests.factories import caller
from tests.messaging.people import ListSink, soon
from tests.servers import HOST, RedisServer
from tests.times import POLL_S, WAIT_S


@dataclass
class Place:
    """What one process has of presence, and those of whom it told that they came or went."""

    hub: Hub = field(default_factory=Hub)
    told: list[int] = field(default_factory=list)
    presence: Presence = field(init=False)

    def begin(self, *urls: str, deployment: str) -> None:
        self.presence = Presence(hub=self.hub, urls=urls, told=self._tell)
        self.presence.name(deployment)
        self.presence.start()

    def _tell(self, member_ids: Collection[int]) -> None:
        self.told += member_ids

    def connect(self, member_id: int, *, looks: bool | None = None) -> Session:
        session = Session(caller=caller(member_id), nickname="", sink=ListSink(), is_v1=False, language="en")
        self.hub.add(session)
        self.presence.come(session)
        if looks is not None:
            self.presence.look(session, is_on=looks)
        return session

    def end(self, session: Session) -> None:
        self.hub.remove(session)
        self.presence.go(session)

    async def is_online(self, member_id: int) -> bool:
        return (await soon(self.presence.of([member_id])))[member_id][0]

    async def looks(self, member_id: int, seconds: float = 30.0) -> bool:
        return bool(await soon(self.presence.looked_within([member_id], seconds)))

    async def dies(self) -> None:
        """As by `kill -9`: nothing is told any more."""
        assert self.presence._beating is not None
        self.presence._beating.cancel()
        await asyncio.sleep(0)
        self.presence._registers.clear()
        self.presence._askings.clear()


StartPlace = Callable[..., Place]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until what Redis says fulfils the condition; nothing tells of it."""
    async with asyncio.timeout(WAIT_S):
        while not await condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(POLL_S)


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """Running before the test and after it, whatever the test did."""
    yield redis_server
    if redis_server._executor is None:
        redis_server.start()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is not away because this machine is busy."""
    monkeypatch.setattr(shards, "ANSWER_WITHIN_S", WAIT_S)


@pytest.fixture
async def start_place(
    redis: RedisServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[StartPlace]:
    """Presence as one process has it, in this test's deployment; `urls` of no Redis is a process alone."""
    monkeypatch.setattr("messaging.presence.presence.BEAT_S", POLL_S)
    monkeypatch.setattr(shards, "RETRY_S", POLL_S)
    places: list[Place] = []

    def start(*urls: str, alone: bool = False) -> Place:
        place = Place()
        place.begin(*([] if alone else urls or [redis.url]), deployment=request.node.name)
        places.append(place)
        return place

    yield start
    for place in places:
        await place.presence.stop()


@pytest.fixture
def redis_client(redis: RedisServer) -> Iterator[Any]:  # its answers are not typed well
    with Redis(host=HOST, port=redis.port, decode_responses=True) as client:
        yield client


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """The beginning of all keys of this test's deployment."""
    return KEY.format(deployment=request.node.name)
