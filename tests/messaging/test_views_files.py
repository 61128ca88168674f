"""REST of a file on its way, by Django's test client; where store and filter matter, at a live process."""

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from messaging.file_models import File
from messaging.files.storage import store as store_module
from messaging.store.services import Draft, store_messages
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.files.conftest import use_store
from tests.messaging.files.having import have_file
from tests.messaging.moderation.rules import make_rule
from tests.messaging.people import in_thread
from tests.servers import BucketServer

CAT = {"name": "고양이.jpg", "size": 3, "type": "image/jpeg", "alt": "a cat"}


@pytest.fixture(params=["folder"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return f"file://{tmp_path}/store"
    url: str = request.getfixturevalue("bucket_server").make_bucket()
    return url


@pytest.fixture(autouse=True)
def _store(store_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(store_url, settings, monkeypatch)


def call(method: str, path: str, body: Any = None, *, by: int = ALICE) -> Any:
    """The answer's data, or status and code."""
    sent = "" if body is None else json.dumps(body)
    there, headers = f"/v1/chat{path}", {"access": token_for(by)}
    answer = Client().generic(method, there, sent, content_type="application/json", headers=headers).json()
    return answer["data"] if answer["code"] == "S-001" else (answer["status"], answer["code"])


def coming(room: Room, **fields: Any) -> File:
    usual: dict[str, Any] = {
        "state": "coming",
        "kept_size": 0,
        "size": 3,
        "expires_at": timezone.now() + timedelta(days=1),
    }
    return have_file(room, ALICE, **usual | fields)


def put_there(tmp_path: Path, file: File, content: bytes) -> None:
    (tmp_path / "store/coming").mkdir(parents=True, exist_ok=True)
    (tmp_path / "store/coming" / file.key).write_bytes(content)


# --- announced


def test_alice_is_told_where_her_file_goes(room: Room) -> None:
    told = call("POST", f"/room/{room.pk}/file", CAT)

    assert told["upload"]["method"] == "PUT"
    assert told["upload"]["url"].startswith("/v1/files/")
    assert (told["name"], told["state"], told["alt"]) == ("고양이.jpg", "coming", "a cat")
    again = call("POST", f"/room/{room.pk}/file/{told['fileId']}/upload")
    assert again["fileId"] == told["fileId"]
    assert again["upload"]["method"] == "PUT"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"size": 0}, (400, "E-C001")),
        ({"size": 2**40}, (413, "E-FI002")),
        ({"name": "x" * 500}, (400, "E-C001")),
        ({"name": "../a.jpg"}, (400, "E-C001")),
        ({"name": "page.html", "type": "text/html"}, (415, "E-FI003")),
        ({"type": "application/pdf"}, (415, "E-FI003")),
        ({"alt": "x" * 301}, (400, "E-C001")),
        ({"size": "3"}, (400, "E-C001")),
    ],
)
def test_what_cannot_be_sent_is_refused_before_it_is_sent(
    room: Room, changed: dict[str, Any], told: tuple[int, str]
) -> None:
    assert call("POST", f"/room/{room.pk}/file", CAT | changed) == told
    assert not File.objects.exists()


def test_charlie_and_who_is_muted_announce_nothing(room: Room) -> None:
    assert call("POST", f"/room/{room.pk}/file", CAT, by=CHARLIE) == (403, "E-AU002")
    Participant.objects.filter(member_id=BOB).update(muted_until=timezone.now() + timedelta(hours=1))
    assert call("POST", f"/room/{room.pk}/file", CAT, by=BOB) == (403, "E-MO002")


def test_where_files_are_off_none_is_announced(room: Room, settings: Any) -> None:
    file = coming(room)
    settings.FILES = replace(settings.FILES, is_on=False)
    assert call("POST", f"/room/{room.pk}/file", CAT) == (403, "E-FI011")
    assert call("POST", f"/room/{room.pk}/file/{file.pk}/upload") == (403, "E-FI011")


def test_a_day_and_a_room_have_an_end(room: Room, settings: Any) -> None:
    settings.FILES = replace(settings.FILES, member_day_bytes=5, room_bytes=5)
    call("POST", f"/room/{room.pk}/file", CAT)
    assert call("POST", f"/room/{room.pk}/file", CAT) == (429, "E-FI008")
    assert call("POST", f"/room/{room.pk}/file", CAT, by=BOB) == (409, "E-FI009")


# --- arrived


def test_what_is_there_is_checked_and_told_again_as_it_stands(room: Room, tmp_path: Path) -> None:
    file = coming(room)
    done = f"/room/{room.pk}/file/{file.pk}/done"
    assert call("POST", done) == (409, "E-FI004")
    put_there(tmp_path, file, b"cat")
    assert call("POST", done)["state"] == "checking"
    assert call("POST", done)["state"] == "checking"
    File.objects.update(state="refused", reason="type")
    assert (call("POST", done)["state"], call("POST", done)["reason"]) == ("refused", "type")
    assert call("POST", f"/room/{room.pk}/file/{file.pk}/upload") == (409, "E-FI005")


def test_another_length_is_refused_and_goes(room: Room, tmp_path: Path) -> None:
    file = coming(room)
    put_there(tmp_path, file, b"a whole dog")
    assert call("POST", f"/room/{room.pk}/file/{file.pk}/done") == (400, "E-FI007")
    assert not list((tmp_path / "store/coming").iterdir())
    assert call("POST", f"/room/{room.pk}/file/{file.pk}/done")["reason"] == "length"


# --- described, given up


def test_alice_describes_and_gives_up_her_own(room: Room) -> None:
    file = coming(room)
    mine = f"/room/{room.pk}/file/{file.pk}"
    for method, body in (("PUT", {"alt": "a dog"}), ("DELETE", None)):
        assert call(method, mine, body, by=BOB) == (404, "E-FI001")
        assert call(method, mine, body, by=CHARLIE) == (403, "E-AU002")
    assert call("PUT", mine, {"alt": "a dog"})["alt"] == "a dog"
    assert call("PUT", mine, {"alt": "a\0"}) == (400, "E-C001")
    assert call("DELETE", mine) is None
    assert call("PUT", mine, {"alt": "a dog"}) == (404, "E-FI001")
    assert call("DELETE", f"/room/{room.pk}/file/{have_file(room, ALICE, seq=1).pk}") == (409, "E-FI005")


def test_what_was_sent_says_the_new_description(room: Room) -> None:
    file = have_file(room, ALICE, expires_at=timezone.now() + timedelta(days=1))
    draft = Draft(room.pk, ALICE, "", uuid4().hex, attachments=(file.pk,))
    store_messages([draft], now=timezone.now())
    call("PUT", f"/room/{room.pk}/file/{file.pk}", {"alt": "a dog"})
    [said] = call("GET", f"/history/{room.pk}", by=BOB)
    assert said["attachments"][0]["alt"] == "a dog"


# --- at a live process


@pytest.fixture
async def clients() -> Any:
    async with AsyncExitStack() as stack:
        yield stack


async def ask(process: Any, clients: AsyncExitStack, method: str, path: str, body: Any = None) -> Any:
    transport = httpx.ASGITransport(process)
    client = await clients.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://localhost"))
    headers = {"access": token_for(ALICE)}
    answer = (await client.request(method, f"/v1/chat{path}", json=body, headers=headers)).json()
    return answer["data"] if answer["code"] == "S-001" else (answer["status"], answer["code"])


async def test_the_word_filter_reads_names_and_descriptions(
    room: Room, start_process: StartProcess, clients: AsyncExitStack
) -> None:
    await in_thread(make_rule, "시발", "block")
    await in_thread(make_rule, "멍청이", "hold")
    process = start_process()
    path = f"/room/{room.pk}/file"
    for changed in ({"name": "시♡발.jpg"}, {"alt": "이 멍청이"}):
        assert await ask(process, clients, "POST", path, CAT | changed) == (422, "E-MO007")
    told = await ask(process, clients, "POST", path, CAT | {"name": "출발점.jpg"})
    assert await ask(process, clients, "PUT", f"{path}/{told['fileId']}", {"alt": "멍 청 이"}) == (422, "E-MO007")
    await in_thread(Participant.objects.filter(member_id=ALICE).update, role="manager")
    assert (await ask(process, clients, "PUT", f"{path}/{told['fileId']}", {"alt": "멍 청 이"}))["alt"]


@pytest.mark.parametrize("store_url", ["bucket"], indirect=True)
async def test_a_bucket_takes_the_file_and_is_asked_whether_it_is_there(
    room: Room, start_process: StartProcess, clients: AsyncExitStack
) -> None:
    process = start_process()
    woken: list[None] = []
    process.files.check_soon = lambda: woken.append(None)
    told = await ask(process, clients, "POST", f"/room/{room.pk}/file", CAT)
    upload, done = told["upload"], f"/room/{room.pk}/file/{told['fileId']}/done"
    assert upload["method"] == "POST"
    assert await ask(process, clients, "POST", done) == (409, "E-FI004")
    async with httpx.AsyncClient(trust_env=False) as browser:
        posted = await browser.post(upload["url"], data=upload["fields"], files={"file": ("cat.jpg", b"cat")})
    assert posted.status_code == 204
    assert (await ask(process, clients, "POST", done))["state"] == "checking"
    assert woken


@pytest.mark.parametrize("store_url", ["bucket"], indirect=True)
async def test_a_bucket_that_is_away_is_said_so_and_nothing_is_lost(
    room: Room,
    start_process: StartProcess,
    clients: AsyncExitStack,
    bucket_server: BucketServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = start_process()
    told = await ask(process, clients, "POST", f"/room/{room.pk}/file", CAT)
    upload, done = told["upload"], f"/room/{room.pk}/file/{told['fileId']}/done"
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(upload["url"], data=upload["fields"], files={"file": ("cat.jpg", b"cat")})
    monkeypatch.setattr(store_module, "ANSWER_WITHIN_S", 0.2)
    with bucket_server.paused():
        assert await ask(process, clients, "POST", done) == (503, "E-FI010")
    monkeypatch.setattr(store_module, "ANSWER_WITHIN_S", 10)
    assert (await ask(process, clients, "POST", done))["state"] == "checking"
