"""Files on their way to real server processes: into a folder that they share, and into a bucket."""

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.conftest import NO_LIMITS, Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import POLL_S, WAIT_S, environment, migrate, running, serve
from tests.factories import ALICE
from tests.servers import BucketServer
from tests.test_nginx import ROOT, running_nginx

pytestmark = pytest.mark.e2e

LOGS = b"2026-11-22 09:10:00 the server started\n" * 250_000  # 10 MB
TOLD_WITHIN_S = 5.0


async def announce(who: Person, room_id: int, **changed: Any) -> Any:
    file = {"name": "server.log", "size": len(LOGS), "type": "", "alt": ""}
    return await who.submit(f"/room/{room_id}/file", file | changed)


async def test_a_file_comes_to_one_server_by_nginx_and_is_known_at_the_other(
    pair: Pair, meet: Meet, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    alice = meet(pair.second, ALICE, "Alice")
    room_id = await alice.create_room("Files")
    told = await announce(alice, room_id)
    configuration = (ROOT / "docs/nginx.conf").read_text()
    with running_nginx(tmp_path, configuration, upstream=pair.first.port) as nginx:
        refused = await http.put(nginx + told["upload"]["url"] + "x", content=LOGS)
        taken = await http.put(nginx + told["upload"]["url"], content=LOGS)

    assert (refused.status_code, refused.json()["code"]) == (403, "E-FI012")
    assert (taken.status_code, taken.json()["data"]["size"]) == (200, len(LOGS))
    assert (await alice.post(f"/room/{room_id}/file/{told['fileId']}/done"))["state"] != "coming"
    for log in (pair.first.read_log(), (tmp_path / "log").read_text()):
        assert told["upload"]["url"] not in log


async def test_a_file_comes_to_a_bucket_and_waits_while_that_is_away(
    meet: Meet, http: httpx.AsyncClient, bucket_server: BucketServer, tmp_path: Path
) -> None:
    urls = {"database_url": f"sqlite:///{tmp_path}/chat.sqlite3", "FILES_URL": bucket_server.make_bucket()}
    env = environment(**urls, **NO_LIMITS)
    migrate(env)
    server = serve(tmp_path, env)
    with running(server):
        alice = meet(server, ALICE, "Alice")
        room_id = await alice.create_room("Buckets")
        listening = await alice.listen(room_id)
        right, wrong = await announce(alice, room_id), await announce(alice, room_id, size=5)
        for told in (right, wrong):
            form = told["upload"]
            posted = await http.post(form["url"], data=form["fields"], files={"file": ("server.log", LOGS)})
            assert posted.is_success

        assert await alice.code("POST", done(room_id, wrong)) == "E-FI007"
        with bucket_server.paused():
            began = time.monotonic()
            assert await alice.code("POST", done(room_id, right)) == "E-FI010"
            assert time.monotonic() - began < TOLD_WITHIN_S
            await listening.say(room_id, "the store is away")
        await alice.post(done(room_id, right))
        file = await checked(alice, room_id, right["fileId"])
        got = await http.get(file["url"])

    assert file["state"] == "ready"
    assert got.content == LOGS
    assert got.headers["content-disposition"].startswith("attachment")


async def checked(who: Person, room_id: int, file_id: int) -> Any:
    """The file, when it is known what it is."""
    async with asyncio.timeout(WAIT_S):
        while (file := await who.get(f"/room/{room_id}/file/{file_id}"))["state"] == "checking":  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
    return file


async def test_files_are_sent_once_by_whom_they_belong_to_and_go_with_their_message(
    pair: Pair, alice: Person, bob: Person, room: int, http: httpx.AsyncClient
) -> None:
    mine = [await upload(http, alice, room) for _ in range(2)]
    his = await upload(http, bob, room)
    hers, listening = await alice.listen(room), await bob.listen(room)
    old = await bob.listen_v1(room, "하나")
    client_id = str(uuid4())
    ack = await hers.say(room, "", attachments=mine, clientId=client_id)
    repeated = await hers.say(room, "", attachments=mine, clientId=client_id)
    assert (repeated["seq"], repeated["duplicate"]) == (ack["seq"], True)
    said = await listening.hear("chat", seq=ack["seq"])
    assert [one["fileId"] for one in said["attachments"]] == mine
    assert (await old.hear_until("chat", 2))[1]["message"] == "(파일 2개)"
    for attachments, code in (([mine[1]], "E-FI005"), ([his], "E-FI001"), ([his + 99], "E-FI001")):
        assert await hers.refusal("chat", roomId=room, message="", attachments=attachments) == code
    assert await hers.refusal("chat", roomId=room, message="", attachments=[]) == "E-C001"

    ready = said
    while any("state" in one for one in ready["attachments"]):
        ready = await listening.hear("changed", seq=ack["seq"])
    again = await bob.connect()
    await again.subscribe(room, since=1)
    assert {**await again.find("changed", seq=ack["seq"]), "type": ready["type"]} == ready

    assert await hers.delete(room, ack["seq"]) > said["version"]
    deleted = await listening.hear("changed", deletedBy="author")
    assert "attachments" not in deleted
    assert [one.get("attachments") for one in await bob.get(f"/history/{room}")] == [None, None]
    away = f"file_id IN ({mine[0]}, {mine[1]}) AND expires_at > CURRENT_TIMESTAMP"
    assert pair.count("chat_files", away) == 0


async def upload(http: httpx.AsyncClient, who: Person, room_id: int) -> int:
    """A log of the member's, as it is once its bytes are there."""
    told = await announce(who, room_id, size=5)
    assert (await http.put(who.home + told["upload"]["url"], content=b"hello")).is_success
    return int(told["fileId"])


def done(room_id: int, told: Any) -> str:
    return f"/room/{room_id}/file/{told['fileId']}/done"
