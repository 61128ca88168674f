"""Giving files away: what a browser is told, and that neither slow readers nor many cost the others anything."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from messaging.file_models import File
from messaging.files.downloads import serving, streaming
from messaging.files.downloads.addresses import Sight, address_of
from messaging.files.downloads.selectors import Seen
from messaging.files.downloads.serving import FileGiver
from messaging.files.downloads.streaming import Streams
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import Size, kept_name
from messaging.files.storage.store import FileStore
from tests.messaging.files.asking import Answer, Reader, scope_of, within_time

PICTURE, KEY = bytes(range(256)) * 1_000, "ab" * 16  # four chunks
FILE = File(pk=12, key=KEY, name="노을.jpg", media_type="image/jpeg", state=File.State.READY)


class Looks:
    """What is known of the file; counts who asks."""

    def __init__(self) -> None:
        self.seen: Seen | None = Seen(KEY, FILE.name, FILE.media_type, "said")
        self.asked = 0

    async def __call__(self, file_id: int) -> Seen | None:
        self.asked += 1
        return self.seen if file_id == FILE.pk else None


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
async def giver(tmp_path: Path, looks: Looks) -> AsyncIterator[FileGiver]:
    (tmp_path / kept_name(KEY)).parent.mkdir(parents=True)
    (tmp_path / kept_name(KEY)).write_bytes(PICTURE)
    (tmp_path / kept_name(KEY, "320")).write_bytes(b"small")
    store = FileStore(Folder(tmp_path))
    yield FileGiver(Streams(store), looks)
    store.close()


def signed(size: Size = "", *, sight: Sight = "room", ago: timedelta = timedelta()) -> str:
    return address_of(FILE, size, now=timezone.now() - ago, sight=sight).rpartition("/")[2]


async def ask(giver: FileGiver, address: str, method: str = "GET", **headers: str) -> Answer:
    reader = Reader()
    scope: Any = scope_of(f"/v1/files/{address}", method, **headers)
    await within_time(giver(scope, reader.receive, reader.send))  # type: ignore[arg-type]
    return reader.answer


async def test_a_picture_comes_whole_and_may_do_nothing(giver: FileGiver) -> None:
    answer = await ask(giver, signed())
    assert (answer.status, answer.body, answer.is_whole) == (200, PICTURE, True)
    assert answer.headers == {
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
        "referrer-policy": "no-referrer",
        "cache-control": "private, max-age=300, immutable",
        "etag": '"12."',
        "accept-ranges": "bytes",
        "content-type": "image/jpeg",
        "content-disposition": "inline; filename*=utf-8''%EB%85%B8%EC%9D%84.jpg",
        "content-length": str(len(PICTURE)),
    }
    small = await ask(giver, signed("320"))
    assert (small.body, small.headers["content-type"]) == (b"small", "image/webp")


async def test_only_its_head_a_part_of_it_or_that_it_is_the_same(giver: FileGiver) -> None:
    head = await ask(giver, signed(), "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PICTURE)))
    part = await ask(giver, signed(), range="bytes=70000-70003")
    assert (part.status, part.body) == (206, PICTURE[70_000:70_004])
    assert part.headers["content-range"] == f"bytes 70000-70003/{len(PICTURE)}"
    of_another = await ask(giver, signed(), range="bytes=0-3", if_range='"13."')
    assert (of_another.status, of_another.body) == (200, PICTURE)
    beyond = await ask(giver, signed(), range="bytes=999999-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(PICTURE)}")
    same = await ask(giver, signed(), if_none_match='"12."')
    assert (same.status, same.body) == (304, b"")


async def test_an_address_ends(giver: FileGiver, looks: Looks) -> None:
    for address in (signed(ago=timedelta(minutes=5)), "12..r.9999~x"):
        answer = await ask(giver, address)
        assert (answer.status, b"E-FI012" in answer.body) == (403, True)
    assert looks.asked == 0


async def test_what_is_hidden_meanwhile_is_for_managers_and_what_is_deleted_for_nobody(
    giver: FileGiver, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOKED_AT_AGAIN_S", -1.0)
    assert looks.seen is not None
    for place, statuses in (("hidden", [404, 200, 200]), ("deleted", [404, 404, 200]), ("said", [200, 200, 200])):
        looks.seen = looks.seen._replace(place=place)  # type: ignore[arg-type]
        sights: list[Sight] = ["room", "managers", "staff"]
        assert [(await ask(giver, signed(sight=sight))).status for sight in sights] == statuses
    looks.seen = None
    assert (await ask(giver, signed(sight="staff"))).status == 404


async def test_a_crowd_that_looks_at_one_picture_asks_the_database_once_in_two_seconds(
    giver: FileGiver, looks: Looks
) -> None:
    assert [(await ask(giver, signed("320"))).status for _one in range(20)] == [200] * 20
    assert looks.asked == 1
    assert giver.streams.given_now == 0


async def test_a_slow_reader_keeps_nobody_and_has_a_place_until_it_goes(
    giver: FileGiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "GIVEN_AT_ONCE", 3)
    monkeypatch.setattr(streaming, "GIVEN_AT_ONCE_EACH", 2)
    slow = [Reader(takes=1) for _one in range(2)]
    address = signed()
    tasks = [
        asyncio.create_task(giver(scope_of(f"/v1/files/{address}"), reader.receive, reader.send))  # type: ignore[arg-type]
        for reader in slow
    ]
    for reader in slow:
        await within_time(reader.is_waiting.wait())
    assert (await ask(giver, address)).status == 429
    assert (await ask(giver, address, client="198.51.100.7")).status == 200
    slow[0].leaves.set()
    for reader in slow:
        reader.goes_on.set()
    await within_time(asyncio.gather(*tasks))
    assert len(slow[0].answer.body) == 2 * 65_536  # nothing is read for who is gone
    assert slow[1].answer.body == PICTURE
    assert giver.streams.given_now == 0


async def test_one_who_does_not_read_is_let_go(giver: FileGiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "CHUNK_WITHIN_S", 0.01)
    reader, address = Reader(takes=0), signed()
    await within_time(giver(scope_of(f"/v1/files/{address}"), reader.receive, reader.send))  # type: ignore[arg-type]
    assert (reader.answer.is_whole, giver.streams.given_now) == (False, 0)


async def test_all_places_taken_by_others_is_said(giver: FileGiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "GIVEN_AT_ONCE", 0)
    answer = await ask(giver, signed())
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


async def test_what_is_not_in_the_folder_is_not_there(giver: FileGiver) -> None:
    assert (await ask(giver, signed("1280"))).status == 404
