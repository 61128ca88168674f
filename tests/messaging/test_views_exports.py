"""A member has their data packed and gets it, at a process with its worker; and whoever else would get it."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from chatproject.asgi import Process
from messaging.personal import worker
from messaging.personal.exports import asking
from messaging.signing_out import sign_out
from rooms.models import Room
from rooms.moderation.audit import Actor
from tests.factories import ALICE, BOB, token_for
from tests.messaging.files.conftest import use_store
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.personal.exports.having import opened
from tests.messaging.store.doing import say

pytestmark = pytest.mark.usefixtures("room")


@pytest.fixture
def _worker(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes its turn at once, and a folder is the store, though nobody may send files."""
    monkeypatch.setattr(worker, "TURN_INTERVAL_S", 0.02)
    monkeypatch.setattr(worker, "PAUSE_S", 0.0)
    monkeypatch.setenv("FILES", "0")
    use_store(f"file://{tmp_path}/store", settings, monkeypatch)


@pytest.fixture
async def http(_worker: None, process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def export(http: httpx.AsyncClient, method: str, by: str, body: Any = None) -> Any:
    response = await http.request(method, "/v1/chat/me/export", headers={"access": by}, json=body)
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def ready(http: httpx.AsyncClient, by: str) -> Any:
    async with asyncio.timeout(TIMEOUT_S):
        while (told := await export(http, "GET", by))["state"] != "ready":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return told


async def test_a_member_asks_for_it_and_gets_it_until_they_are_signed_out(
    http: httpx.AsyncClient, process: Process, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await in_thread(say, room, "안녕하세요", sender_id=ALICE)
    hers = token_for(ALICE)
    assert (await export(http, "GET", hers))["state"] == "none"
    asked = await export(http, "POST", hers, {"language": "en"})
    assert (asked["state"], asked["link"]) == ("waiting", None)
    told = await ready(http, hers)
    assert (await export(http, "POST", hers))["askedAt"] == asked["askedAt"]  # one a day
    got = await http.get(told["link"])  # by the link alone
    whole = opened(got.content)
    assert (len(got.content), whole.told["messages"][0]["text"]) == (told["size"], "안녕하세요")
    assert "What I said" in whole.text
    assert (await export(http, "GET", token_for(BOB)))["state"] == "none"

    signature = told["link"].rpartition("~")[2]
    assert signature not in caplog.text
    caplog.clear()
    now = timezone.now()
    revoked = await in_thread(sign_out, member_id=ALICE, issued_before=now, by=Actor.staff(None), now=now)
    process.chat_server.tell_revoked(revoked)
    assert (await http.get(told["link"])).status_code == 403
    again = await export(http, "GET", token_for(ALICE, iat=int(time.time()) + 2))
    assert (await http.get(again["link"])).status_code == 200
    await in_thread(asking.end_exports, member_id=ALICE, now=now)
    assert (await http.get(again["link"])).status_code == 403
