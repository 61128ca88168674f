"""Two servers that share a database, a Redis and a stand-in for Gemini, for all tests that break nothing."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from messaging.delivery.link import ROOMS_GROUP
from tests.collected import collected_once
from tests.e2e import processes
from tests.e2e.processes import Process, environment, log_directory, migrate, running, serve, with_model
from tests.servers import HOST, DatabaseServer, RedisServer, private_redis, service_directory
from tests.times import POLL_S, WAIT_S

NO_LIMITS = dict.fromkeys(
    (
        "LIMIT_SENDS_PER_SECOND",
        "LIMIT_FRAMES_PER_SECOND",
        "LIMIT_SOCKETS_PER_MEMBER",
        "LIMIT_WRITES_PER_SECOND",
        "LIMIT_REQUESTS_PER_MEMBER",
        "LIMIT_ROOMS_PER_DAY",
        "LIMIT_JOINS_PER_HOUR",
        "LIMIT_JOIN_CODES_PER_HOUR",
        "LIMIT_SEARCHES_PER_MINUTE",
        "LIMIT_ROOM_SEARCHES_PER_MINUTE",
        "LIMIT_INVITES_PER_HOUR",
        "LIMIT_REPORTS_PER_DAY",
        "LIMIT_FILES_PER_HOUR",
        "LIMIT_STRANGERS_PER_DAY",
        "LIMIT_SERVER_CALLS_PER_SECOND",
        "FLOOD_REPEATS",
    ),
    "0",
)


@dataclass(frozen=True)
class Pair:
    """Two server processes, the stand-in that they ask, and what a third process beside them needs."""

    first: Process
    second: Process
    model: Process
    env: dict[str, str]
    directory: Path
    database: DatabaseServer
    database_url: str

    def count(self, table: str, condition: str = "1") -> int:
        name = self.database_url.rpartition("/")[2]
        ((found,),) = self.database.execute(f"SELECT COUNT(*) FROM {name}.{table} WHERE {condition}")
        assert isinstance(found, int)
        return found

    def go_back(self, room_id: int, *, seq: int) -> None:
        """The database as it was when the room had so many messages."""
        name = self.database_url.rpartition("/")[2]
        of_room = f"chat_room_id = {room_id}"
        lost = f"FROM {name}.chat_messages WHERE {of_room} AND seq > {seq}"
        texts = f"message_id IN (SELECT chat_message_id {lost})"
        self.database.execute(f"DELETE FROM {name}.chat_earlier_texts WHERE {texts}")
        self.database.execute(f"DELETE {lost}")
        self.database.execute(f"UPDATE {name}.chat_rooms SET last_seq = {seq}, version = {seq} WHERE {of_room}")


@pytest.fixture(scope="session")
def logs() -> Iterator[Path]:
    with log_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def static_root(request: pytest.FixtureRequest) -> str:
    """Where a browser opens the page, its files are as an image has them; else nobody waits for that."""
    is_opened = any("chromium" in getattr(item, "fixturenames", ()) for item in request.session.items)
    return str(collected_once()) if is_opened else ""


@pytest.fixture(scope="session")
def pair(mariadb: DatabaseServer, logs: Path, static_root: str) -> Iterator[Pair]:
    """Shared by all tests that break nothing. Its limits are off; those of `strict` are not."""
    database_url = mariadb.create_database()
    with private_redis() as redis, service_directory("files") as files:
        urls = {"redis_url": redis.url, "FILES_URL": f"file://{files}"}
        env = environment(database_url=database_url, STATIC_ROOT=static_root, **urls, **NO_LIMITS)
        migrate(env)
        mariadb.lift_budgets(database_url)
        model = processes.standin(logs, env)
        env |= with_model(model.address)
        first, second = serve(logs, env), serve(logs, env)
        with running(model, first, second):
            wait_until_they_hear_each_other(redis)
            yield Pair(first, second, model, env, logs, mariadb, database_url)
    mariadb.drop_database(database_url)


def wait_until_they_hear_each_other(redis: RedisServer) -> None:
    """A server is healthy before that; what is told meanwhile, and never stored, the other one would miss."""
    channels, deadline = f"chat__group__{ROOMS_GROUP.format(deployment='*')}", time.monotonic() + WAIT_S
    with Redis(host=HOST, port=redis.port) as connection:
        while not any(
            count > 1 for _name, count in connection.pubsub_numsub(*connection.pubsub_channels(channels))
        ):
            assert time.monotonic() < deadline, "the servers do not find Redis"
            time.sleep(POLL_S)
