"""The store, in a folder and in a bucket: what goes in comes out, whole or not at all."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatproject.file_errors import FileStoreUnavailable, NoSuchFile
from messaging.files.storage import bucket as bucket_module
from messaging.files.storage import folder as folder_module
from messaging.files.storage import store as store_module
from messaging.files.storage.places import Lying, Page
from messaging.files.storage.store import FileStore
from tests.messaging.files.conftest import KINDS_OF_STORE
from tests.servers import BucketServer
from tests.times import WAIT_S

CAT = b"a picture of a cat" * 100_000  # more than any buffer holds

both = pytest.mark.parametrize("store_url", KINDS_OF_STORE, indirect=True)
in_a_bucket = pytest.mark.parametrize("store_url", ["bucket"], indirect=True)


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat"
    path.write_bytes(CAT)
    return path


@both
async def test_what_was_put_is_there_until_it_is_deleted(store: FileStore, cat: Path, tmp_path: Path) -> None:
    await store.put("kept/ab/abc/file", cat, "image/jpeg")

    assert await store.size_of("kept/ab/abc/file") == len(CAT)
    assert await store.fetch("kept/ab/abc/file", tmp_path / "copy") == len(CAT)
    assert (tmp_path / "copy").read_bytes() == CAT

    await store.delete(["kept/ab/abc/file", "coming/abc"])  # the second never was

    assert await store.size_of("kept/ab/abc/file") is None


@both
async def test_what_is_put_again_takes_the_place_of_what_was(store: FileStore, cat: Path, tmp_path: Path) -> None:
    await store.put("coming/abc", cat, "image/jpeg")
    dog = tmp_path / "dog"
    await asyncio.to_thread(dog.write_bytes, b"a dog")

    await store.put("coming/abc", dog, "image/jpeg")

    assert await store.fetch("coming/abc", tmp_path / "copy") == 5


@both
async def test_what_is_not_there_cannot_be_fetched(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        await store.fetch("coming/abc", tmp_path / "copy")


@both
async def test_a_store_that_can_be_written_to_says_so(store: FileStore) -> None:
    await store.check()


async def test_a_file_comes_out_of_a_folder_bit_by_bit(store: FileStore, cat: Path) -> None:
    await store.put("coming/abc", cat, "image/jpeg")

    chunks = [chunk async for chunk in store.open_chunks("coming/abc")]

    assert b"".join(chunks) == CAT
    assert max(map(len, chunks)) <= 64 * 1024


async def test_nothing_comes_out_of_a_folder_that_is_not_there(store: FileStore) -> None:
    with pytest.raises(NoSuchFile):
        await anext(store.open_chunks("coming/abc"))


@both
async def test_what_lies_there_is_listed_in_pages(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bucket_module, folder_module):
        monkeypatch.setattr(module, "LISTED_AT_ONCE", 2)
    (tmp_path / "cat").write_bytes(b"cat")
    names = ["kept/ab/abc/320.webp", "kept/ab/abc/file", "kept/ab/abd/file", "kept/ab.x", "kept/b0/b01/file"]
    for name in [*names, "keptelsewhere/file", "exports/abc.zip"]:
        await store.put(name, tmp_path / "cat", "image/jpeg")

    found: list[Lying] = []
    after: str | None = ""
    for size in (2, 2, 1):
        assert after is not None
        page = await store.run_long(store.place.page, "kept", after=after)
        assert len(page.lying) == size
        found += page.lying
        after = page.after

    assert after is None
    assert sorted(one.name for one in found) == sorted(names)
    assert {one.size for one in found} == {3}
    assert all(abs((datetime.now(UTC) - one.written_at).total_seconds()) < WAIT_S for one in found)
    assert await store.run_long(store.place.page, "nothing") == Page([], None)


# --- when it fails


@in_a_bucket
async def test_a_bucket_that_is_not_there_is_a_store_that_is_away(
    store: FileStore, bucket_server: BucketServer, cat: Path, tmp_path: Path
) -> None:
    store.place.name = "nobodys-bucket"  # type: ignore[attr-defined]

    with pytest.raises(FileStoreUnavailable):
        await store.put("coming/abc", cat, "image/jpeg")
    with pytest.raises(FileStoreUnavailable):
        await store.check()


@in_a_bucket
async def test_a_bucket_that_hangs_is_said_to_be_away_soon(
    store: FileStore, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ANSWER_WITHIN_S", 0.2)
    began = time.monotonic()

    with bucket_server.paused():
        answers = await asyncio.gather(*(store.size_of("coming/abc") for _ in range(20)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [FileStoreUnavailable] * 20
    assert time.monotonic() - began < WAIT_S


async def test_a_crowd_that_waits_for_a_store_is_turned_away(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WAITING_MAX", 1)

    answers = await asyncio.gather(*(store.size_of("coming/abc") for _ in range(3)), return_exceptions=True)

    assert answers[0] is None
    assert [type(answer) for answer in answers[1:]] == [FileStoreUnavailable] * 2
