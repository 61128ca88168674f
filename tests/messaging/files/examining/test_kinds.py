import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from messaging.files.examining.kinds import kind_found
from messaging.files.examining.verdict import Refused
from messaging.files.uploads.kinds import KINDS
from tests.messaging.files.examining.drawing import drawn


def picture(decoder: str) -> bytes:
    into = BytesIO()
    drawn().save(into, decoder)
    return into.getvalue()


def archive(*, names: int = 1) -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        for number in range(names):
            file.writestr(f"{number}.txt", "text")
    return into.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n"
SOUND = b"RIFF\x24\0\0\0WAVEfmt "
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff"
CODED_FILM = b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif"


def found(folder: Path, raw: bytes, announced: str) -> str:
    (folder / "came").write_bytes(raw)
    return kind_found(folder / "came", announced=announced)


@pytest.mark.parametrize(
    ("raw", "announced"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("GIF"), "image/gif"),
        (picture("HEIF"), "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (PDF, "application/pdf"),
        (archive(), "application/zip"),
        (archive(names=0), "application/zip"),
        (b"# a heading", "text/markdown"),
        (b"a line", "text/plain"),
    ],
)
def test_what_is_what_it_says_is_taken(tmp_path: Path, raw: bytes, announced: str) -> None:
    assert found(tmp_path, raw, announced) == announced


def test_every_kind_that_may_be_announced_is_known_here(tmp_path: Path) -> None:
    samples = (picture("JPEG"), PDF, archive(), b"text")

    for kind in KINDS.values():
        assert [raw for raw in samples if _is_taken(tmp_path, raw, kind.media_type)], kind


def _is_taken(folder: Path, raw: bytes, announced: str) -> bool:
    try:
        return bool(found(folder, raw, announced))
    except Refused:
        return False


def test_a_picture_may_be_another_kind_of_picture_than_its_name_says(tmp_path: Path) -> None:
    assert found(tmp_path, picture("WEBP"), "image/jpeg") == "image/webp"


@pytest.mark.parametrize(
    ("raw", "announced"),
    [
        (PDF, "image/png"),
        (picture("PNG"), "application/pdf"),
        (picture("PNG"), "text/plain"),
        (picture("TIFF"), "image/png"),
        (picture("AVIF"), "image/heic"),
        (CODED_FILM, "image/heic"),
        (SOUND, "image/webp"),
        (PROGRAM, "application/zip"),
        (PROGRAM, "text/plain"),
        (archive(), "text/plain"),
        (archive(), "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (b"just a text", "application/zip"),
        (b"\nlater: %PDF-1.7", "application/pdf"),
    ],
)
def test_what_lies_is_refused(tmp_path: Path, raw: bytes, announced: str) -> None:
    with pytest.raises(Refused, match="type"):
        found(tmp_path, raw, announced)


def test_of_nothing_nobody_has_anything(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="damaged"):
        found(tmp_path, b"", "text/plain")
