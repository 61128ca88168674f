"""Uploads at a running server, by real sockets: what is taken in, refused, broken off; and what is left then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from messaging.file_models import File
from messaging.files import door
from messaging.files.uploads.uploading import sign_upload
from rooms.models import Participant, Room
from tests.factories import ALICE
from tests.messaging.conftest import StartProcess
from tests.messaging.files.conftest import use_store
from tests.messaging.files.having import have_file
from tests.messaging.files.storage.test_folder import disk_of
from tests.messaging.people import eventually, in_thread, soon
from tests.messaging.site import Site

CAT = bytes(range(256)) * 4_000  # larger than any buffer on the way


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_store(f"file://{tmp_path}/store", settings, monkeypatch)
    return tmp_path / "store"


@pytest.fixture
async def process(folder: Path, start_process: StartProcess) -> Any:
    return start_process()


@pytest.fixture
def cat(room: Room) -> File:
    return announced(room, size=len(CAT))


def announced(room: Room, *, size: int) -> File:
    soon_ends = timezone.now() + timedelta(days=1)
    return have_file(room, ALICE, state="coming", kept_size=0, size=size, expires_at=soon_ends)


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as browser:
        yield browser


def address_of(file: File, *, good_for_s: float = 60) -> str:
    return "/v1/files/" + sign_upload(file.pk, good_until=timezone.now() + timedelta(seconds=good_for_s))


def kept(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


async def state_of(file: File) -> str:
    return await in_thread(lambda: File.objects.values_list("state", flat=True).get(pk=file.pk))


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def begin(site: Site, file: File, *headers: str, length: int | None = None) -> Any:
    """Send the head of an upload, and half of the bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    lines = [f"PUT {address_of(file)} HTTP/1.1", "Host: localhost", *headers]
    lines += [] if "Transfer-Encoding: chunked" in headers else [f"Content-Length: {length or file.size}"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    if not headers:
        writer.write(CAT[: file.size // 2])
    return reader, writer


async def test_what_is_uploaded_lies_in_the_folder_and_is_checked(
    browser: httpx.AsyncClient, site: Site, cat: File, folder: Path
) -> None:
    woken = asyncio.Event()
    site.process.door.reception.check_soon = woken.set

    answer = await browser.put(address_of(cat), content=CAT, headers={"origin": "http://localhost:3000"})

    told = answer.json()["data"]
    assert (told["fileId"], told["state"], told["size"]) == (cat.pk, "checking", len(CAT))
    assert kept(folder) == {f"coming/{cat.key}": len(CAT)}
    assert await state_of(cat) == "checking"
    assert woken.is_set()


async def test_a_body_of_no_length_is_refused(browser: httpx.AsyncClient, cat: File) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"cat"

    assert code(await browser.put(address_of(cat), content=pieces())) == (400, "E-FI007")


@pytest.mark.parametrize("sent", [b"", CAT[:-1], CAT + b"!"])
async def test_another_length_is_refused_and_the_right_one_may_still_come(
    browser: httpx.AsyncClient, cat: File, folder: Path, sent: bytes
) -> None:
    assert code(await browser.put(address_of(cat), content=sent)) == (400, "E-FI007")
    assert kept(folder) == {}
    assert code(await browser.put(address_of(cat), content=CAT)) == (200, "S-001")


async def test_a_file_comes_once(browser: httpx.AsyncClient, cat: File) -> None:
    await browser.put(address_of(cat), content=CAT)
    assert code(await browser.put(address_of(cat), content=CAT)) == (409, "E-FI005")


async def test_of_two_uploads_to_one_address_the_later_one_counts(
    browser: httpx.AsyncClient, site: Site, cat: File, folder: Path
) -> None:
    reader, writer = await begin(site, cat)
    await eventually(lambda: list(folder.glob("unfinished/*")))
    assert code(await browser.put(address_of(cat), content=CAT)) == (200, "S-001")
    writer.write(CAT[len(CAT) // 2 :])
    head = await soon(reader.readuntil(b"\r\n\r\n"))
    writer.close()

    assert head.startswith(b"HTTP/1.1 403")
    await eventually(lambda: kept(folder) == {f"coming/{cat.key}": len(CAT)})


async def test_who_hangs_up_leaves_nothing_and_may_come_again(
    browser: httpx.AsyncClient, site: Site, cat: File, folder: Path
) -> None:
    _reader, writer = await begin(site, cat)
    await eventually(lambda: list(folder.glob("unfinished/*")))
    writer.close()
    await eventually(lambda: kept(folder) == {})

    assert await state_of(cat) == "coming"
    assert code(await browser.put(address_of(cat), content=CAT)) == (200, "S-001")


async def test_who_sends_too_slowly_is_told_so(
    site: Site, cat: File, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.http.body_limit.BODY_WINDOW_S", 0.1)
    reader, writer = await begin(site, cat)
    answer = await soon(reader.read())
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408")
    await eventually(lambda: kept(folder) == {})


async def test_who_asks_before_sending_sends_nothing_in_vain(site: Site, cat: File) -> None:
    wrong, writer = await begin(site, cat, "Expect: 100-continue", length=5)
    assert (await soon(wrong.read())).startswith(b"HTTP/1.1 400")
    writer.close()

    right, writer = await begin(site, cat, "Expect: 100-continue")
    assert (await soon(right.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 100")
    writer.write(CAT)
    assert (await soon(right.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_request_with_two_ends_is_none(site: Site, cat: File) -> None:
    reader, writer = await begin(site, cat, "Transfer-Encoding: chunked", "Content-Length: 5")
    assert (await soon(reader.read())).startswith(b"HTTP/1.1 400")
    writer.close()


@pytest.mark.parametrize("why", ["ended", "forged", "left", "deleted"])
async def test_an_address_that_is_good_no_more_takes_nothing(
    browser: httpx.AsyncClient, cat: File, folder: Path, why: str
) -> None:
    address = address_of(cat, good_for_s=-1 if why == "ended" else 60)
    if why == "left":
        await in_thread(Participant.objects.filter(member_id=ALICE).delete)
    if why == "deleted":
        await in_thread(File.objects.all().delete)
    if why == "forged":
        address = address[:-1] + ("A" if address[-1] != "A" else "B")

    told = code(await browser.put(address, content=CAT))

    expected = {"ended": (403, "E-FI012"), "left": (403, "E-AU002"), "deleted": (404, "E-FI001")}
    assert told == expected.get(why, (403, "E-FI012"))
    assert kept(folder) == {}


async def test_a_full_disk_is_said_and_leaves_nothing(
    browser: httpx.AsyncClient, room: Room, folder: Path
) -> None:
    video = bytes(20_000_000)
    file = await in_thread(lambda: announced(room, size=len(video)))
    with disk_of(15_000_000):  # for every file of this process: SQLite's, and its log, are smaller
        answer = await browser.put(address_of(file), content=video)

    assert code(answer) == (503, "E-FI010")
    assert answer.json()["retryAfter"] > 0
    await eventually(lambda: kept(folder) == {})
    assert code(await browser.put(address_of(file), content=video)) == (200, "S-001")


@pytest.mark.parametrize(("limit", "told"), [("_members", b"429"), ("_households", b"429"), ("most", b"503")])
async def test_so_many_upload_at_once(site: Site, cat: File, folder: Path, limit: str, told: bytes) -> None:
    gate = site.process.door
    if limit == "most":
        gate._households._most = 1
    else:
        getattr(gate, limit)._each = 1
    _reader, first = await begin(site, cat)
    await eventually(lambda: list(folder.glob("unfinished/*")))
    reader, second = await begin(site, cat)
    assert (await soon(reader.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 " + told)
    first.close()
    second.close()
    await eventually(lambda: not gate._households._taken and not gate._members._taken)


async def test_a_page_of_another_origin_may_upload(browser: httpx.AsyncClient, cat: File, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://community.example"]
    asks = {"access-control-request-method": "PUT", "access-control-request-headers": "content-type"}
    origin = {"origin": "https://community.example"}

    preflight = await browser.options(address_of(cat), headers=origin | asks)
    refused = await browser.put(address_of(cat), content=b"x", headers=origin)
    taken = await browser.put(address_of(cat), content=CAT, headers=origin)

    assert "PUT" in preflight.headers["access-control-allow-methods"]
    for answer in (preflight, refused, taken):
        assert answer.headers["access-control-allow-origin"] == "https://community.example"


async def test_only_put_is_an_upload(browser: httpx.AsyncClient, cat: File) -> None:
    assert code(await browser.post(address_of(cat), content=b"x")) == (405, "E-C005")


def test_an_upload_has_a_place_in_a_process_of_many() -> None:
    assert door.UPLOADS_MAX >= 100
