"""Fixtures of these tests: a store in a folder, and in a bucket."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatproject.file_settings import read_files, read_storages
from messaging.files.storage.store import FileStore
from tests.messaging.files.clamd import Clamd, private_clamd

KINDS_OF_STORE = ("folder", "bucket")


def use_store(url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if FILES_URL were that."""
    monkeypatch.setenv("FILES_URL", url)
    settings.STORAGES = read_storages("FILES_URL", default_folder=Path("/nowhere"))
    settings.FILES = read_files()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if getattr(request, "param", "folder") == "folder":
        return f"file://{tmp_path}/store"
    url: str = request.getfixturevalue("bucket_server").make_bucket()
    return url


@pytest.fixture
async def store(store_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FileStore]:
    """A folder's, or by `store_url` another."""
    use_store(store_url, settings, monkeypatch)
    store = FileStore.of_settings()
    yield store
    store.close()


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    with private_clamd() as service:
        yield service
