"""Beside the main server, in one database: its table of users is what counts, whatever it does with them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import pytest
from django.db.utils import ConnectionHandler

from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.processes import PROJECT, Process, environment, manage, running, serve
from tests.factories import ALICE, BOB, CHARLIE
from tests.rooms.main_server import leave_shared_database, run
from tests.servers import DatabaseServer

pytestmark = pytest.mark.e2e

NOBODY, GARDEN = 4_711, 1
TWO_OF_ONE_NAME = [
    "ALTER TABLE users DROP INDEX UK2ty1xmrrgtn89xt7kyxx6ta7h",
    "INSERT INTO users (user_id, email, nickname) VALUES (12, 'other@example.com', 'Alice')",
]
NAMELESS = 13  # as somebody is who signed up by another service and has chosen no name yet
NO_NAME_YET = [
    "ALTER TABLE users MODIFY nickname varchar(255) NULL",
    f"INSERT INTO users (user_id, email) VALUES ({NAMELESS}, 'new@example.com')",
]


@pytest.fixture(scope="module")
def database(mariadb: DatabaseServer, django_db_blocker: Any) -> Iterator[str]:
    url = mariadb.create_database()
    connection = ConnectionHandler({"default": environ.Env.db_url_config(url)})["default"]
    with django_db_blocker.unblock():
        leave_shared_database(connection)
        run(connection, *TWO_OF_ONE_NAME, *NO_NAME_YET)
        connection.close()
    yield url
    mariadb.drop_database(url)


@pytest.fixture(scope="module")
def server(database: str, logs: Path) -> Iterator[Process]:
    env = environment(database_url=database, **NO_LIMITS)
    manage(env, "migrate", "--verbosity=0")
    process = serve(logs, env)
    with running(process):
        yield process


async def test_who_is_no_user_of_the_main_server_is_told_so_at_once(server: Process, meet: Meet) -> None:
    nobody = meet(server, NOBODY, "Nobody")
    assert await nobody.code("GET", "/my/rooms") == "E-M001"
    assert (await (await nobody.knock()).hear("error"))["code"] == "E-M001"


def test_no_demo_members_are_made_among_its_users(server: Process) -> None:
    command = [sys.executable, "manage.py", "seed_demo", "--force"]
    done = subprocess.run(command, cwd=PROJECT, env=server.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr.strip() == "CommandError: The table users is the main server's: no members can be made there."
    )


async def test_an_old_token_renames_nobody_there(
    server: Process, meet: Meet, database: str, mariadb: DatabaseServer
) -> None:
    users = f"SELECT nickname, role, updated_at FROM {urlsplit(database).path[1:]}.users WHERE user_id = {CHARLIE}"
    before = mariadb.execute(users)
    charlie = meet(server, CHARLIE, "Karl")
    await charlie.join(GARDEN)
    socket = await charlie.listen(GARDEN)
    await socket.say(GARDEN, "나예요")
    assert (await socket.hear("chat"))["nickName"] == "찰리"
    assert mariadb.execute(users) == before


async def test_two_of_one_name_talk_as_two(server: Process, meet: Meet) -> None:
    alice, namesake = meet(server, ALICE, "Alice"), meet(server, 12, "Alice")
    await namesake.join(GARDEN)
    hers = await alice.listen(GARDEN)
    await (await namesake.connect()).say(GARDEN, "나도 Alice")
    heard = await hers.hear("chat")
    assert (heard["senderId"], heard["nickName"]) == (12, "Alice")
    private = await alice.post("/room/private/create", otherMemberId=12)
    names = {room["roomId"]: room["roomName"] for room in await namesake.get("/my/rooms")}
    assert names[private] == "Alice-Alice"


async def test_a_user_without_a_name_talks_too(server: Process, meet: Meet) -> None:
    alice, nameless = meet(server, ALICE, "Alice"), meet(server, NAMELESS, "")
    await nameless.join(GARDEN)
    hers = await alice.listen(GARDEN)
    await (await nameless.connect()).say(GARDEN, "이름은 아직 없어요")
    heard = await hers.hear("chat")
    assert (heard["senderId"], heard["nickName"]) == (NAMELESS, "회원#13")
    stored = (await alice.get(f"/history/{GARDEN}"))[-1]
    assert (stored["senderId"], stored["nickName"]) == (NAMELESS, "회원#13")
    private = await alice.post("/room/private/create", otherMemberId=NAMELESS)
    for anybody in (alice, nameless):
        names = {room["roomId"]: room["roomName"] for room in await anybody.get("/my/rooms")}
        assert names[private] == "Alice-회원#13"


async def test_whom_the_main_server_deletes_hears_nothing_more(
    server: Process, meet: Meet, database: str, mariadb: DatabaseServer
) -> None:
    alice, bob = meet(server, ALICE, "Alice"), meet(server, BOB, "Bob")
    his = await bob.listen(GARDEN)
    mariadb.execute(f"DELETE FROM {urlsplit(database).path[1:]}.users WHERE user_id = {BOB}")
    assert await his.closed() == 4403
    first = (await alice.get(f"/history/{GARDEN}"))[0]
    assert (first["kind"], first["senderId"], first["nickName"], first["message"]) == (
        "member",
        None,
        "탈퇴한 사용자",
        "안녕",
    )
    assert await bob.code("GET", "/my/rooms") == "E-M001"
    assert "Alice-탈퇴한 사용자" in {room["roomName"] for room in await alice.get("/my/rooms")}
