"""A Redis to freeze and kill, and processes that keep limits in it."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from chatproject.limits.shared import SharedLimits
from tests.servers import RedisServer

StartLimits = Callable[..., SharedLimits]


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """Running before the test and after it, whatever the test did."""
    yield redis_server
    if redis_server._executor is None:
        redis_server.start()


@pytest.fixture
async def start_limits(redis: RedisServer, request: pytest.FixtureRequest) -> AsyncIterator[StartLimits]:
    """Limits as one process has them, in this test's deployment where no other is named."""
    started: list[SharedLimits] = []

    def start(*urls: str, deployment: str = request.node.name) -> SharedLimits:
        limits = SharedLimits(urls or [redis.url])
        limits.name(deployment)
        started.append(limits)
        return limits

    yield start
    for limits in started:
        await limits.stop()
