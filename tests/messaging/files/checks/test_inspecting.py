"""The way of one file past the scanner and the examiner to its place, in a folder and in a bucket."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from chatproject.file_errors import NoSuchFile
from messaging.files.checks.inspecting import Inspector
from messaging.files.checks.leases import Held, Outcome
from messaging.files.checks.scanning import Scanner, ScannerAway
from messaging.files.storage.naming import PICTURE_SIZES, coming_name, kept_name
from messaging.files.storage.store import FileStore
from tests.messaging.files.clamd import HARMFUL, LONGEST_BYTES, Clamd
from tests.messaging.files.conftest import KINDS_OF_STORE
from tests.messaging.files.examining.drawing import drawn, saved, seen
from tests.servers import HOST, free_port

EMPTY_ARCHIVE = b"PK\x05\x06" + bytes(18)

both = pytest.mark.parametrize("store_url", KINDS_OF_STORE, indirect=True)


async def came(
    store: FileStore, path: Path, raw: bytes | None = None, *, name: str, media_type: str, size: int | None = None
) -> Held:
    key = uuid4().hex
    if raw is not None:
        await asyncio.to_thread(path.write_bytes, raw)
    length = (await asyncio.to_thread(path.stat)).st_size
    await store.put(coming_name(key), path, media_type)
    return Held(1, key, name, media_type, length if size is None else size, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@both
async def test_a_photograph_of_a_phone_is_kept_as_every_browser_shows_it(
    store: FileStore, path: Path, folder: Path
) -> None:
    saved(drawn(width=1600, height=800), path, "HEIF")
    held = await came(store, path, name="IMG_0001.HEIC", media_type="image/heic")

    outcome = await Inspector(store=store).inspect(held, folder)

    sizes = [await store.size_of(kept_name(held.key, size)) or 0 for size in ("", *PICTURE_SIZES)]
    assert outcome == Outcome(
        name="IMG_0001.jpg",
        media_type="image/jpeg",
        size=sizes[0],
        kept_size=sum(sizes),
        width=1600,
        height=800,
    )
    await store.fetch(kept_name(held.key, "1280"), folder / "got")
    assert seen(folder / "got").size == (1280, 640)


@both
async def test_an_archive_is_kept_as_it_came(store: FileStore, path: Path, folder: Path) -> None:
    held = await came(store, path, EMPTY_ARCHIVE, name="logs.zip", media_type="application/zip")

    outcome = await Inspector(store=store).inspect(held, folder)

    assert outcome == Outcome(name="logs.zip", media_type="application/zip", size=22, kept_size=22)
    await store.fetch(kept_name(held.key), folder / "got")
    assert await asyncio.to_thread((folder / "got").read_bytes) == EMPTY_ARCHIVE
    assert await store.size_of(kept_name(held.key, "320")) is None


@pytest.mark.parametrize(
    ("raw", "size", "reason"), [(b"a line", 7, "length"), (b"%PDF-1.7", None, "type"), (b"", None, "damaged")]
)
async def test_what_is_refused_is_not_kept(
    store: FileStore, path: Path, folder: Path, raw: bytes, size: int | None, reason: str
) -> None:
    held = await came(store, path, raw, name="a.txt", media_type="text/plain", size=size)

    assert await Inspector(store=store).inspect(held, folder) == Outcome(reason=reason)
    with pytest.raises(NoSuchFile):
        await store.fetch(kept_name(held.key), folder / "got")


async def test_what_is_not_in_the_store_any_more_could_not_be_checked(store: FileStore, folder: Path) -> None:
    held = Held(1, uuid4().hex, "a.txt", "text/plain", 5, 1)

    assert await Inspector(store=store).inspect(held, folder) == Outcome(reason="failed")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(HARMFUL, "infected"), (b"harmless", ""), (b" " * (LONGEST_BYTES + 1), "failed")],
)
async def test_the_scanner_is_asked_first(
    store: FileStore, clamd: Clamd, path: Path, folder: Path, raw: bytes, reason: str
) -> None:
    held = await came(store, path, raw, name="a.txt", media_type="text/plain")

    outcome = await Inspector(store=store, scanner=Scanner(clamd.url)).inspect(held, folder)

    assert outcome.reason == reason


async def test_without_its_answer_nothing_is_known(store: FileStore, path: Path, folder: Path) -> None:
    held = await came(store, path, b"harmless", name="a.txt", media_type="text/plain")

    with pytest.raises(ScannerAway):
        await Inspector(store=store, scanner=Scanner(f"tcp://{HOST}:{free_port()}")).inspect(held, folder)
