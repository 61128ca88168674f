"""Files in a folder of this machine, or of a file system that all processes share."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import IO, Self
from uuid import uuid4

from chatproject.file_errors import NoSuchFile
from messaging.files.storage.places import CHUNK_BYTES, LISTED_AT_ONCE, Lying, Page, failures

UNFINISHED = "unfinished"  # in the same file system, so that a rename puts a file in its place
# not all at the end: a database on the same disk waits meanwhile, and the chat with it
SYNCED_EVERY_BYTES = 1024 * 1024
LEFT_BEHIND_AFTER_S = 3_600  # not written to for so long: nobody will finish it
_MODE, _FOLDER_MODE = 0o600, 0o700


def _reading() -> AbstractContextManager[None]:
    return failures(of=OSError, is_missing=lambda error: isinstance(error, FileNotFoundError))


def _writing() -> AbstractContextManager[None]:
    return failures(of=OSError)


class Folder:
    """See Place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fetch(self, name: str, into: Path) -> int:
        with _reading():
            try:  # another name of the same bytes, which nobody writes to again
                into.hardlink_to(self._path_of(name))
            except FileNotFoundError:
                raise
            except OSError:  # in another file system, or one without
                shutil.copyfile(self._path_of(name), into)
            return into.stat().st_size

    def put(self, name: str, path: Path, media_type: str) -> None:
        with self.begin(name) as unfinished:
            with _writing(), path.open("rb") as source:
                while chunk := source.read(16 * CHUNK_BYTES):
                    unfinished.write(chunk)
            unfinished.finish()

    def size_of(self, name: str) -> int | None:
        try:
            with _reading():
                return self._path_of(name).stat().st_size
        except NoSuchFile:
            return None

    def delete(self, names: Sequence[str]) -> None:
        for name in names:
            path = self._path_of(name)
            with suppress(NoSuchFile), _reading():
                path.unlink()
            if path.parent.parent != self.path:  # a file's own folder, when nothing is in it any more
                with suppress(OSError):
                    path.parent.rmdir()

    def page(self, folder: str, *, after: str = "") -> Page:
        with _reading():
            lying = list(islice(self._behind(folder, after.split("/")), LISTED_AT_ONCE))
        return Page(lying, lying[-1].name if len(lying) == LISTED_AT_ONCE else None)

    def _behind(self, folder: str, after: Sequence[str]) -> Iterator[Lying]:
        """In the order of their names' parts. Reads no folder of which nothing is behind; what goes meanwhile is
        left out."""
        with suppress(FileNotFoundError), os.scandir(self._path_of(folder)) as found:
            entries = sorted(found, key=lambda entry: entry.name)
            for entry in entries:
                name = f"{folder}/{entry.name}"
                parts = name.split("/")
                if entry.is_dir(follow_symlinks=False):
                    if parts >= list(after[: len(parts)]):
                        yield from self._behind(name, after)
                elif parts > list(after):
                    with suppress(FileNotFoundError):
                        about = entry.stat(follow_symlinks=False)
                        yield Lying(name, datetime.fromtimestamp(about.st_mtime, UTC), about.st_size)

    def open(self, name: str) -> IO[bytes]:
        """For whoever reads it bit by bit. Raises NoSuchFile."""
        with _reading():
            return self._path_of(name).open("rb")

    def read(self, file: IO[bytes], most_bytes: int) -> bytes:
        with _reading():
            return file.read(most_bytes)

    def begin(self, name: str) -> "Unfinished":
        """A file that gets its name when it is finished, and is gone where it is not."""
        with _writing():
            return Unfinished(self._made(UNFINISHED) / uuid4().hex, self._path_of(name))

    def form_for(self, name: str, *, size: int, within_s: int) -> None:
        return None

    def address_of(self, name: str, *, media_type: str, disposition: str, within_s: int) -> None:
        return None

    def check(self) -> None:
        with self.begin("check") as unfinished:
            unfinished.write(b"written")

    def tidy(self) -> None:
        with _writing():
            for path in self._made(UNFINISHED).iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > LEFT_BEHIND_AFTER_S:
                        path.unlink()

    def _path_of(self, name: str) -> Path:
        if ".." in name.split("/") or name.startswith("/"):
            raise ValueError(name)
        return self.path / name

    def _made(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return folder


class Unfinished:
    """A file on its way: written to, then finished. Leaving the context without that leaves nothing behind.

    Its methods may be called by several threads, and one of them waits for the other.
    """

    def __init__(self, path: Path, end: Path) -> None:
        self._path, self._end = path, end
        # a file that were closed while a thread writes to it, another may have the number of already
        self._working = Lock()
        self._unsynced = 0
        self.file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb", 0)

    def write(self, chunk: bytes) -> None:
        """Raises FileStoreUnavailable, on a full disk for one."""
        with self._working, _writing():
            left = memoryview(chunk)
            while left:
                left = left[self.file.write(left) :]
            self._unsynced += len(chunk)
            if self._unsynced >= SYNCED_EVERY_BYTES:
                self._unsynced = 0
                os.fdatasync(self.file.fileno())

    def finish(self) -> None:
        """Return when it is there by its name, and stays there if the machine loses its power now."""
        with self._working, _writing():
            os.fsync(self.file.fileno())
            self.file.close()
            self._end.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            self._path.replace(self._end)
            folder = os.open(self._end.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def discard(self) -> None:
        """Nothing is there any more, unless it was finished. Never raises."""
        with self._working:
            with suppress(OSError):
                self.file.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
