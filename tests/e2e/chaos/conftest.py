"""The servers under fault, the seed of a run, and what runs report. `CHAOS_SEED` says the seed again."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import SystemRandom

import pytest

from tests.conftest import REPORTED
from tests.e2e.chaos.cluster import Cluster, mariadb_cluster
from tests.e2e.processes import log_directory
from tests.servers import DatabaseServer, RedisServer, private_mariadb, private_redis

SERVERS = int(os.environ.get("CHAOS_SERVERS", "2"))
ORDINARY_SEED = 1  # of the short runs; `make chaos` draws one

Report = Callable[[str], None]


@pytest.fixture(scope="package")
def directory() -> Iterator[Path]:
    with log_directory() as directory:
        yield directory


@pytest.fixture(scope="package")
def mariadb() -> Iterator[DatabaseServer]:
    """Apart from every other test's."""
    with private_mariadb() as server:
        yield server


@pytest.fixture(scope="package")
def redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


@pytest.fixture(scope="package")
def cluster(mariadb: DatabaseServer, redis: RedisServer, directory: Path) -> Iterator[Cluster]:
    """Every test leaves all of it running."""
    settings = {"EVENTS_ALLOWED_NETWORKS": "127.0.0.0/8"}
    with mariadb_cluster(mariadb, redis_urls=[redis.url] * SERVERS, directory=directory, **settings) as cluster:
        yield cluster


@pytest.fixture
def seed(request: pytest.FixtureRequest, report: Report) -> int:
    given = os.environ.get("CHAOS_SEED")
    is_ordinary = request.node.get_closest_marker("chaos") is None
    seed = int(given) if given else ORDINARY_SEED if is_ordinary else SystemRandom().randrange(1_000_000)
    report(f"seed {seed}")
    return seed


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Says something about this run at the end of all tests, and with its failure."""

    def say(line: str) -> None:
        print(line)
        request.node.user_properties.append((REPORTED, f"{request.node.name}: {line}"))

    return say
