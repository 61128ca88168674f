"""A member is erased at real servers, of which one is killed in the middle: no word of theirs is left anywhere."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.processes import POLL_S, WAIT_S, Process, environment, manage, migrate, running, serve
from tests.e2e.secrecy import keep_secret, make_token
from tests.factories import ALICE, BOB
from tests.servers import HOST, DatabaseServer, RedisServer, private_redis, service_directory

pytestmark = pytest.mark.e2e

WORD, NAME = "무지개떡이야기", "밥돌이네집"
SAID = 300  # a dozen steps and more


class Stores:
    """All places where servers put something down."""

    def __init__(self, database: DatabaseServer, url: str, redis: RedisServer, files: Path) -> None:
        self.database, self.name, self.redis, self.files = database, url.rpartition("/")[2], redis, files

    def rows(self, query: str) -> Any:
        return self.database.execute(query.replace("chat_", f"{self.name}.chat_"))

    def until(self, query: str) -> None:
        deadline = time.monotonic() + WAIT_S
        while not self.rows(query):
            assert time.monotonic() < deadline, query
            time.sleep(POLL_S)

    def holding(self, *words: str) -> list[str]:
        """Where any of the words stands: tables, keys of Redis, files."""
        found = [table for table, text in self._tables() if any(word in text for word in words)]
        with Redis(host=HOST, port=self.redis.port) as redis:
            dumped = [(key, key + (redis.dump(key) or b"")) for key in redis.scan_iter()]
        found += [key.decode() for key, text in dumped if any(word.encode() in text for word in words)]
        lying = [path for path in self.files.rglob("*") if path.is_file()]
        return found + [path.name for path in lying if any(word.encode() in path.read_bytes() for word in words)]

    def _tables(self) -> Iterator[tuple[str, str]]:
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}'"
        for (table,) in self.database.execute(listed.format(self.name)):
            for row in self.database.execute(f"SELECT * FROM {self.name}.{table}"):
                for value in row:
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    yield str(table), text

    def seen(self) -> dict[bytes, float]:
        """When members were here last, as Redis knows it."""
        with Redis(host=HOST, port=self.redis.port) as redis:
            [key] = redis.keys("chat:*:presence:seen") or [b"none"]
            return dict(redis.zrange(key, 0, -1, withscores=True))


@pytest.fixture
def stores(mariadb: DatabaseServer) -> Iterator[Stores]:
    url = mariadb.create_database()
    with private_redis() as redis, service_directory("files") as files:
        yield Stores(mariadb, url, redis, files)
    mariadb.drop_database(url)


@pytest.fixture
def env(stores: Stores) -> dict[str, str]:
    urls = {"redis_url": stores.redis.url, "FILES_URL": f"file://{stores.files}"}
    env = environment(database_url=stores.database.database_url(stores.name), **urls, **NO_LIMITS)
    migrate(env)
    return env


@pytest.fixture
def key(env: dict[str, str]) -> str:
    key = manage(env, "make_server_key", "main", "--scope=personal").strip()
    keep_secret(key[17:])
    return key


def call(server: Process, key: str, method: str, path: str) -> Any:
    headers = {"authorization": f"Bearer {key}"}
    answer = httpx.request(
        method, f"{server.address}/v1/server{path}", headers=headers, timeout=WAIT_S, trust_env=False
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_a_member_is_erased_though_the_server_that_does_it_is_killed(
    stores: Stores, env: dict[str, str], key: str, meet: Meet, logs: Path, room_name: str
) -> None:
    first, second = serve(logs, env), serve(logs, env)
    keep_secret(NAME)
    with running(first):
        alice, bob = meet(first, ALICE, "Alice"), meet(first, BOB, NAME)
        room_id = await alice.create_room(room_name)
        await bob.join(room_id)
        private = await alice.post("/room/private/create", otherMemberId=BOB)
        his, hers = await bob.listen(room_id), await alice.listen(room_id)
        await asyncio.gather(*(his.say(room_id, f"{WORD} {number}") for number in range(SAID)))
        await his.edit(room_id, 1, f"고친 {WORD}")
        await his.say(private, f"둘만의 {WORD}")
        await hers.say(room_id, "나도 그래", replyTo=1, mentions=[BOB])
        await his.react(room_id, SAID + 1, "heart")
        await bob.put("/me/notifications", {"keywords": [WORD]})
        await alice.submit("/reports", {"roomId": room_id, "seq": 2, "reason": "abuse"})
        assert set(stores.holding(WORD, NAME)) > {"chat_messages", "chat_earlier_texts", "chat_reports"}

        order = await asyncio.to_thread(call, first, key, "DELETE", f"/members/{BOB}")
        assert await his.closed() == 4401
        assert await bob.code("GET", "/my/rooms") == "E-AU001"
        await asyncio.to_thread(stores.until, "SELECT 1 FROM chat_messages WHERE contents = ''")
        first.kill()
        ((left,),) = stores.rows(f"SELECT COUNT(*) FROM chat_messages WHERE user_id = {BOB}")
        assert left > 32

    with running(second):
        alice = meet(second, ALICE, "Alice")
        hers = await alice.listen(room_id)
        stores.rows("UPDATE chat_erasures SET held_until = NULL")  # half a minute later
        last = await hers.hear("changed", seq=SAID)
        assert (last["message"], last["deletedBy"], last["senderId"]) == ("", "author", None)
        await asyncio.to_thread(stores.until, "SELECT 1 FROM chat_erasures WHERE state = 'done'")

        [receipt] = (await asyncio.to_thread(call, second, key, "GET", f"/members/{BOB}/erasures"))["erasures"]
        assert receipt["erasureId"] == order["erasureId"]
        counts = {"rooms": 2, "messages": SAID + 1, "reactions": 1, "mentions": 1}
        assert counts.items() <= receipt["counts"].items()
        assert await asyncio.to_thread(stores.holding, WORD, NAME) == []
        assert str(BOB).encode() not in stores.seen()
        history = await alice.get(f"/history/{room_id}")
        assert history[-1]["message"] == "나도 그래"
        assert {message["message"] for message in history[:-1]} == {""}

        again = meet(second, BOB, "새사람")
        again.token = make_token(BOB, nickname="새사람", iat=int(time.time()) + 2)  # issued after all was done
        assert await again.get("/my/rooms") == []
        assert await again.code("GET", f"/history/{private}") == "E-R001"
    assert WORD not in first.read_log() + second.read_log()
