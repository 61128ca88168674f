"""Whether bytes are text that people read. It is given as a download in any case, never as a page."""

import codecs
from pathlib import Path

CHUNK_BYTES = 256 * 1024
ENCODINGS = ("utf-8", "cp949")  # the second is what Windows in Korea still writes
PAGES = (
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<svg",
    b"<?xml",
)  # what a browser would show otherwise


def is_text(path: Path) -> bool:
    """All of it, in one of ENCODINGS, without NUL, and no web page."""
    return not _is_page(path) and any(_decodes(path, encoding) for encoding in ENCODINGS)


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(1024)
    return head.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(PAGES)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
