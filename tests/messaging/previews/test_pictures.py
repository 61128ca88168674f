"""The picture of a page is made anew by us, or is none."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chatproject.file_errors import FileStoreUnavailable
from messaging.file_models import File, FileUse
from messaging.files.examining.running import reencode_picture
from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import kept_name
from messaging.files.storage.store import FileStore
from messaging.previews.pictures import UNSHOWN_KEPT, Pictures
from messaging.store.database import Database
from tests.messaging.people import in_thread
from tests.messaging.previews.web import Web, drawn, leads_to, names, says, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as web:
        yield web


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(Folder(tmp_path / "files"))


@pytest.fixture
def pictures(web: Web, store: FileStore, database: Database) -> Pictures:
    fetcher = web.fetcher(look_up=names({"inside.example": ["10.0.0.1"]}))
    return Pictures(fetcher=fetcher, remake=reencode_picture, store=store, database=database)


async def test_a_picture_is_made_small_and_kept_as_a_file_of_the_room_which_nobody_sent(
    web: Web, pictures: Pictures, store: FileStore, tmp_path: Path
) -> None:
    web.pages["/a"] = says(drawn(1_600, 900), kind="image/png")

    picture = await pictures.find(web.url("/a"))
    assert picture is not None
    file_id = await pictures.keep(picture, room_id=5, host="news.example")

    file = await in_thread(File.objects.get)
    assert (file.pk, file.room_id, file.seq, file.uploader_id) == (file_id, 5, None, None)
    assert (file.is_preview, file.state, file.name) == (True, "ready", "news.example.webp")
    assert (file.width, file.height, file.media_type) == (640, 360, "image/webp")
    assert file.expires_at - datetime.now(UTC) <= UNSHOWN_KEPT
    assert await store.fetch(kept_name(file.key), tmp_path / "got") == file.size == file.kept_size
    with Image.open(tmp_path / "got") as got:
        assert got.size == (640, 360)


async def test_what_is_no_picture_or_leads_inside_shows_none(web: Web, pictures: Pictures) -> None:
    web.pages |= {
        "/page": says("<title>그림이 아닙니다</title>"),
        "/lies": says("<svg onload='alert(1)'/>", kind="image/png"),
        "/cut": says(drawn(500, 500)[:200], kind="image/png"),
        "/svg": says("<svg/>", kind="image/svg+xml"),
        "/inside": leads_to("http://inside.example/a.png"),
        "/long": says(drawn(10, 10) + bytes(5 * 1024 * 1024), kind="image/png"),
    }
    for path in (*web.pages, "/none"):
        assert await pictures.find(web.url(path)) is None, path


async def test_where_the_store_is_away_there_is_none(web: Web, pictures: Pictures, store: FileStore) -> None:
    web.pages["/a"] = says(drawn(20, 20, "JPEG"), kind="image/jpeg")
    picture = await pictures.find(web.url("/a"))
    assert picture is not None

    class Full(Folder):
        def put(self, name: str, path: Path, media_type: str) -> None:
            raise FileStoreUnavailable

    store.place = Full(Path("/nowhere"))

    assert await pictures.keep(picture, room_id=5, host="a.example") is None


async def test_where_the_room_has_no_space_left_there_is_none(web: Web, pictures: Pictures, settings: Any) -> None:
    web.pages["/a"] = says(drawn(20, 20), kind="image/png")
    picture = await pictures.find(web.url("/a"))
    assert picture is not None
    settings.FILES = replace(settings.FILES, room_bytes=100)
    await in_thread(FileUse.objects.create, room_id=5, size=90, counted_at=datetime.now(UTC))

    assert await pictures.keep(picture, room_id=5, host="a.example") is None
    assert not await in_thread(File.objects.exists)
