"""Where files lie: what a folder and a bucket have in common. Their calls block, and are for threads."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.core.files.storage import storages

from chatproject.file_errors import FileStoreUnavailable, NoSuchFile

log = logging.getLogger(__name__)

RETRY_AFTER_S = 5.0
CHUNK_BYTES = 64 * 1024
LISTED_AT_ONCE = 500  # names: a bucket answers 1,000 at most


class Lying(NamedTuple):
    """Something that is there by its name."""

    name: str
    written_at: datetime
    size: int  # bytes


class Page(NamedTuple):
    """Some of what lies there, and what to ask for those behind it with; None where there are none."""

    lying: list[Lying]
    after: str | None


class Readable(Protocol):
    """What lies there, as it is read."""

    def read(self, most_bytes: int, /) -> bytes: ...
    def close(self) -> None: ...


class Growing(Protocol):
    """A file on its way: written to, then finished; discarded at last, which leaves nothing behind but what was
    finished."""

    def write(self, chunk: bytes) -> None: ...

    def finish(self) -> None:
        """Return when all of it is there by its name."""

    def discard(self) -> None:
        """Never raises."""


class Place(Protocol):
    """Names are those of `naming`. Raises FileStoreUnavailable where it is away, full, or refuses us.

    What is put is there whole or not at all.
    """

    def fetch(self, name: str, into: Path) -> int:
        """Copy it into a file of that path; the bytes copied. Raises NoSuchFile."""

    def put(self, name: str, path: Path, media_type: str) -> None:
        """Keep a copy of the file of that path, in place of what had the name."""

    def size_of(self, name: str) -> int | None:
        """Its bytes; None where there is none of that name."""

    def delete(self, names: Sequence[str]) -> None:
        """Nothing of these names is there any more; those that never were are fine."""

    def page(self, folder: str, *, after: str = "") -> Page:
        """The LISTED_AT_ONCE first whose names begin with `folder` and a slash, or those behind a page before."""

    def begin(self, name: str) -> Growing:
        """A file that gets its name when it is finished: for what is too large to be made elsewhere first."""

    def open(self, name: str) -> Readable:
        """For whoever reads it bit by bit, by `read`. Raises NoSuchFile."""

    def read(self, file: Any, most_bytes: int) -> bytes:
        """The next bytes of what was opened; fewer than asked for, and none at its end."""

    def form_for(self, name: str, *, size: int, within_s: int) -> dict[str, Any] | None:
        """Where (`url`) and with which `fields` a browser posts a file of exactly that size, of its own accord,
        within that time; None where nothing is sent there but by us."""

    def address_of(self, name: str, *, media_type: str, disposition: str, within_s: int) -> str | None:
        """Where a browser gets it, answered with these headers; None where nobody gets anything but from us."""

    def check(self) -> None:
        """Return where it could be read and written."""

    def tidy(self) -> None:
        """Take away what broken-off writes left behind."""


def place_of_settings() -> Place:
    """The folder or bucket of FILES_URL."""
    if settings.FILES.is_s3:
        from messaging.files.storage.bucket import Bucket  # half a second, for those who have one

        return Bucket(storages["default"])
    from messaging.files.storage.folder import Folder

    return Folder(Path(storages["default"].path("")))


@contextmanager
def failures(
    *, of: type[Exception] | tuple[type[Exception], ...], is_missing: Callable[[Any], bool] = lambda _error: False
) -> Iterator[None]:
    """Whatever goes wrong with the place within, as what the callers know."""
    try:
        yield
    except of as error:
        if is_missing(error):
            raise NoSuchFile from error
        # neither a path nor what a bucket answers holds a secret
        log.warning("the file store failed: %s", error)
        raise FileStoreUnavailable(retry_after=RETRY_AFTER_S) from error
