"""The zip: whole for whoever opens it, and never much of it in memory."""

import io
import tracemalloc
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from messaging.personal.exports.archive import WRITTEN_AT_ONCE, Archive


class Sink:
    """Takes, and keeps nothing but how much it was."""

    def __init__(self) -> None:
        self.size = self.largest = 0

    def write(self, chunk: bytes, /) -> None:
        self.size += len(chunk)
        self.largest = max(self.largest, len(chunk))


def test_what_was_written_is_read() -> None:
    out = io.BytesIO()
    archive = Archive(out)
    archive.begin("files/1-노을.jpg", is_packed_already=True, may_be_large=False)
    archive.write(b"pict")
    archive.write(b"ure")
    archive.end()
    archive.begin("export.txt")
    archive.write("안녕".encode())
    archive.end()
    assert archive.close() == len(out.getvalue())
    with ZipFile(out) as read:
        assert read.testzip() is None
        assert {one.filename: (one.compress_type, read.read(one)) for one in read.infolist()} == {
            "files/1-노을.jpg": (ZIP_STORED, b"picture"),
            "export.txt": (ZIP_DEFLATED, "안녕".encode()),
        }


def test_a_hundred_megabytes_take_one_of_memory() -> None:
    sink, chunk = Sink(), bytes(64 * 1024)
    tracemalloc.start()
    try:
        archive = Archive(sink)
        archive.begin("files/1", is_packed_already=True, may_be_large=False)
        for _chunk in range(1_600):
            archive.write(chunk)
        archive.end()
        archive.close()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sink.size > 100 * 1024 * 1024
    assert sink.largest <= WRITTEN_AT_ONCE + len(chunk)
    assert peak < 1024 * 1024


def test_what_is_abandoned_writes_no_end() -> None:
    out = io.BytesIO()
    archive = Archive(out)
    archive.begin("files/1")
    archive.write(b"half")
    archive.abandon()
    del archive
    assert out.getvalue() == b""


class Away:
    """Takes nothing."""

    def __init__(self) -> None:
        self.asked = 0

    def write(self, _chunk: bytes, /) -> None:
        self.asked += 1
        raise OSError("away")


def test_who_took_nothing_is_not_asked_again_by_what_is_abandoned() -> None:
    """Asking a bucket takes seconds, and abandoning is done on the event loop."""
    away = Away()
    archive = Archive(away)
    archive.begin("files/1", is_packed_already=True, may_be_large=False)
    with pytest.raises(OSError, match="away"):
        archive.write(bytes(WRITTEN_AT_ONCE))
    archive.abandon()
    assert away.asked == 1
