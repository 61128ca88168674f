"""Where files are to be kept: a folder, a bucket of a real server, and places that are none. And the scanner."""

import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatproject.file_settings import read_storages
from messaging.files import checkup
from messaging.files.checkup import look_at_files, look_at_scanner
from messaging.files.storage.folder import Folder
from tests.chatproject.doctor.asking import said
from tests.servers import BucketServer


@pytest.fixture
def found(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def look(url: str) -> list[str]:
        monkeypatch.setenv("FILES_URL", url)
        settings.STORAGES = read_storages("FILES_URL", default_folder=Path())
        files = SimpleNamespace(is_on=True, is_s3=url.startswith("s3:"))
        settings.FILES = files
        return said(look_at_files(SimpleNamespace(FILES=files, REDIS_URLS=[])), "broken", "ok")

    return look


def test_a_folder_is_written_to_read_and_cleared(found: Any, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    assert found(f"file://{folder}")[0] == f"ok: the folder {folder} was written to, read, and cleared"
    assert [path.name for path in folder.rglob("*")] == ["unfinished"]
    (tmp_path / "file").touch()
    assert found(f"file://{tmp_path / 'file'}")[0].startswith(
        f"broken: the folder {tmp_path / 'file'} does not take files: NotADirectoryError"
    )


def test_a_bucket_that_is_there_and_one_that_is_not(found: Any, bucket_server: BucketServer) -> None:
    url = bucket_server.make_bucket()
    assert found(url)[0].endswith("was written to, read, and cleared")
    bucket = url.partition("?")[0].rpartition("/")[2]
    assert "does not take files: NoSuchBucket: " in found(url.replace(f"/{bucket}", "/nowhere"))[0]


class KeepsAll(Folder):
    """As a bucket whose user may not delete, and that says nothing of it."""

    def delete(self, names: Sequence[str]) -> None:
        pass


def test_what_does_not_delete_is_not_well(found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "place_of_settings", lambda: KeepsAll(tmp_path))
    told = [one for one in found(f"file://{tmp_path}") if "disk" not in one]
    assert told == [f"broken: the folder {tmp_path} does not delete: erasures would leave files behind"]


@contextmanager
def clamd(version: str) -> Iterator[str]:
    """Answers as clamd does when it is asked for its version."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            assert b"VERSION" in self.request.recv(100)
            self.request.sendall(version.encode() + b"\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def scanner(url: str) -> list[str]:
    files = SimpleNamespace(is_on=True, scanner=url)
    return said(look_at_scanner(SimpleNamespace(FILES=files)), "broken", "warning", "note", "ok")


def test_a_scanner_is_asked_how_old_its_signatures_are() -> None:
    def version(days: int) -> str:
        return f"ClamAV 1.4.3/27500/{datetime.now(UTC) - timedelta(days=days):%a %b %d %H:%M:%S %Y}"

    with clamd(version(1)) as url:
        assert scanner(url) == [f"ok: {version(1)}"]
    with clamd(version(30)) as url:
        assert scanner(url)[0] == "warning: clamd's signatures are 30 days old"
    assert scanner(url)[0].startswith("broken: clamd does not answer")
    assert scanner("")[0].startswith("note: no scanner")
