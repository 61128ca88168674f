"""Files got from a running server, by real sockets: by members, at the files' own host, and not for long."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from messaging.file_models import File
from messaging.files.downloads import serving
from messaging.files.storage.naming import kept_name
from messaging.models import Message
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.files.conftest import use_store
from tests.messaging.files.having import have_file
from tests.messaging.people import in_thread
from tests.messaging.site import Site
from tests.messaging.store.doing import say

PICTURE = bytes(range(256)) * 4_000  # larger than any buffer on the way
FILES = "files.example.com"


@pytest.fixture
async def process(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, start_process: StartProcess
) -> Any:
    use_store(f"file://{tmp_path}/store", settings, monkeypatch)
    settings.FILES = replace(settings.FILES, origin=f"http://{FILES}")
    return start_process(ALLOWED_HOSTS=["127.0.0.1", FILES])


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as browser:
        yield browser


@pytest.fixture
def picture(room: Room, tmp_path: Path) -> File:
    say(room, "look", sender_id=ALICE, now=timezone.now())
    now = timezone.now()
    file = have_file(room, ALICE, seq=1, created_at=now, expires_at=now + timedelta(days=365))
    path = tmp_path / "store" / kept_name(file.key)
    path.parent.mkdir(parents=True)
    path.write_bytes(PICTURE)
    return file


async def asked_for(browser: httpx.AsyncClient, file: File, by: int) -> tuple[str, str]:
    """What REST answers: the code, and the path of the address."""
    path = f"/v1/chat/room/{file.room_id}/file/{file.pk}"
    answer = (await browser.get(path, headers={"access": token_for(by)})).json()
    return answer["code"], (answer.get("data") or {}).get("url", "").removeprefix(f"http://{FILES}")


async def test_a_member_gets_a_picture_until_it_is_hidden_deleted_or_they_leave(
    browser: httpx.AsyncClient, picture: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOKED_AT_AGAIN_S", -1.0)
    code, address = await asked_for(browser, picture, BOB)
    at_files = {"host": FILES}
    answer = await browser.get(address, headers=at_files)
    assert (code, answer.status_code, answer.content) == ("S-001", 200, PICTURE)
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    part = await browser.get(address, headers={**at_files, "range": "bytes=-3"})
    assert (part.status_code, part.content) == (206, PICTURE[-3:])
    assert (await browser.head(address, headers=at_files)).headers["content-length"] == str(len(PICTURE))

    await in_thread(lambda: Message.objects.update(hidden_at=timezone.now()))
    assert (await browser.get(address, headers=at_files)).json()["code"] == "E-FI001"
    assert (await asked_for(browser, picture, BOB))[0] == "E-FI001"
    await in_thread(lambda: Message.objects.update(hidden_at=None))
    assert (await browser.get(address, headers=at_files)).status_code == 200
    await in_thread(lambda: Message.objects.update(deleted_at=timezone.now()))
    assert (await browser.get(address, headers=at_files)).status_code == 404
    await in_thread(lambda: Participant.objects.filter(member_id=BOB).delete())
    assert (await asked_for(browser, picture, BOB))[0] == "E-AU002"


async def test_the_files_host_has_nothing_else_and_no_other_host_has_files(
    browser: httpx.AsyncClient, picture: File
) -> None:
    _code, address = await asked_for(browser, picture, BOB)
    assert (await browser.get(address)).status_code == 404
    for path in ("/", "/admin/login/", "/v1/chat/my/rooms", "/static/chat/page/main.js", "/v1/healthz"):
        answer = await browser.get(path, headers={"host": FILES, "access": token_for(BOB)})
        assert (answer.status_code, answer.json()["code"], "set-cookie" in answer.headers) == (
            404,
            "E-C006",
            False,
        )
    ended = await browser.get("/v1/files/1..r.1~x", headers={"host": FILES})
    assert (ended.status_code, ended.json()["code"]) == (403, "E-FI012")
