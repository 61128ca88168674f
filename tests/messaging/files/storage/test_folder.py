"""The folder itself: what a crash, a full disk and strange names leave there."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatproject.file_errors import FileStoreUnavailable
from messaging.files.storage.folder import LEFT_BEHIND_AFTER_S, UNFINISHED, Folder

KIB = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "store")


def files_in(folder: Folder) -> set[str]:
    return {str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()}


@contextmanager
def disk_of(most_bytes: int) -> Iterator[None]:
    """As if the disk were full for whoever writes more to a file."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_has_its_name_only_when_it_is_finished(folder: Folder) -> None:
    with folder.begin("coming/abc") as unfinished:
        unfinished.write(b"half")
        assert folder.size_of("coming/abc") is None

        unfinished.write(b" and half")
        unfinished.finish()

    assert files_in(folder) == {"coming/abc"}
    assert folder.size_of("coming/abc") == 13


def test_what_is_not_finished_leaves_nothing(folder: Folder) -> None:
    with folder.begin("coming/abc") as unfinished:
        unfinished.write(b"half")

    assert files_in(folder) == set()


def test_a_full_disk_leaves_nothing_and_what_was_there_stays(folder: Folder, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"old")
    folder.put("coming/abc", source, "text/plain")
    source.write_bytes(bytes(256 * KIB))

    with disk_of(128 * KIB), pytest.raises(FileStoreUnavailable):
        folder.put("coming/abc", source, "text/plain")

    assert files_in(folder) == {"coming/abc"}
    assert folder.size_of("coming/abc") == 3


def test_what_a_crash_left_behind_goes_later(folder: Folder) -> None:
    left, writing = folder.begin("coming/left"), folder.begin("coming/writing")
    long_ago = time.time() - LEFT_BEHIND_AFTER_S - 1
    os.utime(left.file.fileno(), (long_ago, long_ago))

    folder.tidy()
    writing.finish()

    assert files_in(folder) == {"coming/writing"}
    assert not list((folder.path / UNFINISHED).iterdir())
    left.discard()


def test_a_files_own_folder_goes_with_it(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "cat").write_bytes(b"cat")
    folder.put("kept/ab/abc/file", tmp_path / "cat", "image/jpeg")
    folder.put("kept/ab/abc/320.webp", tmp_path / "cat", "image/webp")

    folder.delete(["kept/ab/abc/file"])
    assert folder.size_of("kept/ab/abc/320.webp") == 3
    folder.delete(["kept/ab/abc/320.webp"])

    assert not (folder.path / "kept/ab/abc").exists()


def test_nobody_but_the_servers_account_reads_a_file(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "cat").write_bytes(b"cat")
    folder.put("coming/abc", tmp_path / "cat", "image/jpeg")

    assert (folder.path / "coming/abc").stat().st_mode & 0o077 == 0
    assert (folder.path / "coming").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../secret", "coming/../../secret", "/etc/passwd"])
def test_no_name_leads_out_of_the_folder(folder: Folder, name: str) -> None:
    with pytest.raises(ValueError, match=r"secret|passwd"):
        folder.size_of(name)


def test_a_folder_that_cannot_be_made_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"a file, not a folder")

    with pytest.raises(FileStoreUnavailable):
        Folder(tmp_path / "store").check()
