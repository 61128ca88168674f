"""A zip that is written from its beginning to its end: little of it is in memory at any time."""

from contextlib import suppress
from typing import IO, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

WRITTEN_AT_ONCE = 256 * 1024
_MODE = 0o600 << 16


class Taker(Protocol):
    def write(self, chunk: bytes, /) -> object: ...


class Archive:
    """One entry after the other: `begin`, `write` as often as one likes, and `end`. `close` at last."""

    def __init__(self, taker: Taker) -> None:
        self._out = _Out(taker)
        self._zip = ZipFile(self._out, "w", ZIP_DEFLATED)
        self._entry: IO[bytes] | None = None

    def begin(self, name: str, *, is_packed_already: bool = False, may_be_large: bool = True) -> None:
        info = ZipInfo(name, timezone.localtime().timetuple()[:6])
        info.compress_type = ZIP_STORED if is_packed_already else ZIP_DEFLATED
        info.external_attr = _MODE
        self._entry = self._zip.open(info, "w", force_zip64=may_be_large)

    def write(self, chunk: bytes) -> None:
        assert self._entry is not None
        self._entry.write(chunk)

    def end(self) -> None:
        assert self._entry is not None
        self._entry.close()
        self._entry = None

    def abandon(self) -> None:
        """The taker hears nothing more, and what it has is of no use, unless all was closed. Waits for nobody."""
        self._out.taker = _Nobody()
        if self._entry is not None:
            with suppress(Exception):
                self._entry.close()
        self._zip.fp = None  # else it would write its end when it is forgotten

    def close(self) -> int:
        """All is with the taker; returns how many bytes that are."""
        self._zip.close()
        self._out.flush_all()
        return self._out.size


class _Nobody:
    def write(self, _chunk: bytes, /) -> None:
        """Closing an entry writes its end, whatever became of it."""


class _Out:
    """What ZipFile writes to: it cannot go back in it. Small writes are gathered."""

    def __init__(self, taker: Taker) -> None:
        self.taker = taker
        self._gathered = bytearray()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self._gathered += chunk
        self.size += len(chunk)
        if len(self._gathered) >= WRITTEN_AT_ONCE:
            self.flush_all()
        return len(chunk)

    def flush(self) -> None:
        """ZipFile asks for it after each entry; nobody reads meanwhile."""

    def close(self) -> None:
        """The taker is its owner's."""

    def flush_all(self) -> None:
        self.taker.write(bytes(self._gathered))
        self._gathered.clear()
