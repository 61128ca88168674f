from pathlib import Path

import pytest

from messaging.files.examining.texts import CHUNK_BYTES, is_text

KOREAN = "서버가 또 죽었어요. 로그를 올려요.\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"an ordinary line\n",
        KOREAN.encode(),
        b"\xef\xbb\xbf" + KOREAN.encode(),
        KOREAN.encode("cp949"),
        b"\x1b[31mERROR\x1b[0m a log with colours\r\n",
        b"<p align=center>of a README",
        b"x" + KOREAN.encode() * (CHUNK_BYTES // len(KOREAN.encode()) + 1),  # a letter lies across two chunks
    ],
)
def test_what_people_write_is_text(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "came").write_bytes(raw)

    assert is_text(tmp_path / "came")


@pytest.mark.parametrize(
    "raw",
    [
        b"a zero \0 within",
        b"\x89PNG\r\n\x1a\n\xff\xff",
        "half a letter: 서".encode()[:-1],
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n<HTML>",
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"<svg onload='alert(1)'/>",
    ],
)
def test_bytes_and_pages_are_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "came").write_bytes(raw)

    assert not is_text(tmp_path / "came")
