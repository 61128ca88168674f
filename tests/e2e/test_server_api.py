"""The main server's calls are done once, also where the server process that does them is killed in the middle."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import environ
import httpx
import pytest

from tests.e2e.conftest import NO_LIMITS, Pair
from tests.e2e.people import Person
from tests.e2e.processes import POLL_S, WAIT_S, Process, environment, manage, migrate, running, serve
from tests.e2e.secrecy import keep_secret
from tests.servers import DatabaseServer

pytestmark = pytest.mark.e2e

MEMBERS = range(101, 111)


class Twins(NamedTuple):
    """Two server processes with one database, and a main server with a key for both."""

    first: Process
    second: Process
    key: str
    database: DatabaseServer
    name: str  # of the database

    def call(
        self, server: Process, method: str, path: str, body: Any = None, *, once: str | None = None
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} | ({} if once is None else {"idempotency-key": once})
        url = f"{server.address}/v1/server{path}"
        return httpx.request(method, url, json=body, headers=headers, timeout=WAIT_S, trust_env=False)

    def rows(self, query: str) -> Any:
        return self.database.execute(query.replace("chat_", f"{self.name}.chat_"))

    def until(self, query: str) -> None:
        """Return once there is such a row; nothing tells of that."""
        deadline = time.monotonic() + WAIT_S
        while not self.rows(query):
            assert time.monotonic() < deadline, query
            time.sleep(POLL_S)

    @contextlib.contextmanager
    def locked(self, query: str) -> Iterator[None]:
        """What another transaction holds, so that whoever needs it waits."""
        import MySQLdb  # here, so that the tests on SQLite run without it

        config = environ.Env.db_url_config(self.database.url)
        where = {"host": config["HOST"], "port": config["PORT"] or 3306, "user": config["USER"], "db": self.name}
        with contextlib.closing(MySQLdb.connect(password=config["PASSWORD"], **where)) as connection:
            connection.cursor().execute(f"{query} FOR UPDATE")
            yield
            connection.rollback()

    def who_waits(self, statement: str) -> list[int]:
        """The connections whose statement begins so, once there is one."""
        waiting = "SELECT id FROM information_schema.processlist WHERE db = '{}' AND info LIKE '{}%'"
        deadline = time.monotonic() + WAIT_S
        while not (found := self.database.execute(waiting.format(self.name, statement))):
            assert time.monotonic() < deadline, statement
            time.sleep(POLL_S)
        return [int(str(number)) for (number,) in found]

    def break_off(self, connections: list[int]) -> None:
        """As the database does when it sees that the client is gone."""
        for number in connections:
            self.database.execute(f"KILL {number}")

    def minutes_pass(self) -> None:
        """For calls that were left lying."""
        self.rows("UPDATE chat_server_calls SET begun_at = begun_at - INTERVAL 2 MINUTE")


@pytest.fixture(scope="module")
def both(mariadb: DatabaseServer, logs: Path) -> Iterator[Twins]:
    """Of these tests alone: one of them is killed."""
    url = mariadb.create_database()
    env = environment(database_url=url, **NO_LIMITS)
    migrate(env)
    scopes = ("rooms", "members", "notices")
    key = manage(env, "make_server_key", "main", *(f"--scope={scope}" for scope in scopes)).strip()
    keep_secret(key[17:])
    first, second = serve(logs, env), serve(logs, env)
    with running(first, second):
        twins = Twins(first, second, key, mariadb, url.rpartition("/")[2])
        for member_id in MEMBERS:
            named = {"nickname": f"회원 {member_id}", "role": "USER"}
            assert twins.call(first, "PUT", f"/members/{member_id}", named).status_code == 200
        yield twins
    mariadb.drop_database(url)


@pytest.fixture
def twins(both: Twins) -> Twins:
    """Both alive."""
    try:
        httpx.get(f"{both.first.address}/v1/healthz", trust_env=False)
    except httpx.TransportError:
        both.first.start()
    return both


@pytest.fixture
def room_id(twins: Twins, request: pytest.FixtureRequest) -> int:
    made = twins.call(twins.first, "POST", "/rooms", {"roomName": request.node.name[:50]})
    return int(made.json()["data"]["roomId"])


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def assert_lost(call: "Future[httpx.Response]") -> None:
    with pytest.raises(httpx.TransportError):
        call.result()


def test_who_is_killed_in_the_middle_has_done_nothing_and_another_does_it_once(twins: Twins, room_id: int) -> None:
    path, body = f"/rooms/{room_id}/members", {"memberIds": list(MEMBERS)}
    room = f"SELECT 1 FROM chat_rooms WHERE chat_room_id = {room_id}"
    with ThreadPoolExecutor(1) as threads, twins.locked(room):
        call = threads.submit(twins.call, twins.first, "POST", path, body, once="evening")
        twins.until("SELECT 1 FROM chat_server_calls WHERE status IS NULL")
        twins.first.kill()
        assert_lost(call)
    running_still = twins.call(twins.second, "POST", path, body, once="evening")
    assert told(running_still) == (409, "E-SV003")
    assert running_still.json()["retryAfter"] > 0
    assert told(twins.call(twins.second, "POST", path, {"memberIds": []}, once="evening")) == (422, "E-SV004")

    twins.minutes_pass()
    done = twins.call(twins.second, "POST", path, body, once="evening")
    assert [one["outcome"] for one in done.json()["data"]["outcomes"]] == ["joined"] * len(MEMBERS)
    twins.first.start()
    again = twins.call(twins.first, "POST", path, body, once="evening")
    assert (again.content, again.headers["idempotency-replayed"]) == (done.content, "true")
    for table, condition in (("chat_participants", "1"), ("chat_audit_log", "act = 'put_in'")):
        assert twins.rows(f"SELECT COUNT(*) FROM {table} WHERE {condition}") == ((len(MEMBERS),),)


def test_a_notice_is_said_once_though_who_said_it_was_killed_before_it_knew(twins: Twins, room_id: int) -> None:
    path, body = f"/rooms/{room_id}/notices", {"message": "오늘 밤에 점검해요."}
    said = "SELECT seq FROM chat_messages WHERE kind = 'notice'"
    with ThreadPoolExecutor(1) as threads, contextlib.ExitStack() as lock_of_the_answer:
        with twins.locked(f"SELECT 1 FROM chat_rooms WHERE chat_room_id = {room_id}"):
            call = threads.submit(twins.call, twins.first, "POST", path, body, once="tonight")
            twins.until("SELECT 1 FROM chat_server_calls WHERE status IS NULL")
            lock_of_the_answer.enter_context(twins.locked("SELECT 1 FROM chat_server_calls WHERE status IS NULL"))
        twins.until(said)
        waiting = twins.who_waits("UPDATE `chat_server_calls`")
        twins.first.kill()
        twins.break_off(waiting)
        assert_lost(call)
    assert told(twins.call(twins.second, "POST", path, body, once="tonight")) == (409, "E-SV003")
    twins.minutes_pass()
    answers = [twins.call(twins.second, "POST", path, body, once="tonight") for _time in range(2)]
    assert [answer.json()["data"] for answer in answers] == [{"roomId": room_id, "seq": 1}] * 2
    assert twins.rows(said) == ((1,),)
    assert twins.rows("SELECT seq FROM chat_audit_log WHERE act = 'notice'") == ((1,),)


def test_of_twenty_at_once_at_two_processes_one_makes_the_room(twins: Twins) -> None:
    def make(number: int) -> httpx.Response:
        server = (twins.first, twins.second)[number % 2]
        return twins.call(server, "POST", "/rooms", {"roomName": "부엌"}, once="kitchen")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(make, range(20)))
    made = {answer.content for answer in answers if answer.status_code == 200}
    assert len(made) == 1
    assert {told(answer) for answer in answers} <= {(200, "S-001"), (409, "E-SV003")}
    assert {make(number).content for number in range(2)} == made
    assert twins.rows("SELECT COUNT(*) FROM chat_rooms WHERE name = '부엌'") == ((1,),)


async def test_what_it_does_at_one_server_is_heard_at_the_other(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    key = manage(
        pair.env, "make_server_key", "main", "--scope=rooms", "--scope=sessions", "--scope=members"
    ).strip()
    keep_secret(key[17:])
    database, name = pair.database, pair.database_url.rpartition("/")[2]
    twins = Twins(pair.first, pair.second, key, database, name)

    async def call(method: str, path: str, body: Any = None) -> Any:
        answer = await asyncio.to_thread(twins.call, pair.second, method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    socket = await alice.connect()  # at the first server
    await socket.subscribe(room)
    await call("PATCH", f"/rooms/{room}", {"slowSeconds": 7})
    await socket.hear("room", slowSeconds=7)
    await call("DELETE", f"/rooms/{room}/members/{bob.member_id}")
    await socket.hear("left", memberId=bob.member_id)
    newcomer = 9_001
    await call("PUT", f"/members/{newcomer}", {"nickname": "새싹", "role": "USER"})
    await call("POST", f"/rooms/{room}/members", {"memberIds": [newcomer]})
    await socket.hear("joined", memberId=newcomer)
    async with asyncio.timeout(WAIT_S):  # servers tell each other once a second
        while True:
            if (await call("GET", f"/members/{alice.member_id}/presence"))["online"]:
                break
            await asyncio.sleep(POLL_S)
    await call("DELETE", f"/rooms/{room}")
    await socket.hear("removed", roomId=room, reason="deleted")
    await call("POST", f"/members/{alice.member_id}/disconnection", {"reason": "signed_out"})
    assert await socket.closed() == 4401
