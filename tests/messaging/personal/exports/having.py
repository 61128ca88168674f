"""Exports in tests: what is in one, made at once."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from messaging.files.storage.folder import Folder
from messaging.files.storage.naming import kept_name
from messaging.files.storage.store import FileStore
from messaging.personal.exports.making import make_now
from messaging.personal.exports.text_parts import Order

MADE_AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@dataclass
class Whole:
    """What a member finds in an archive."""

    names: list[str]
    told: dict[str, Any]
    text: str
    files: dict[str, bytes]


def opened(archive: bytes) -> Whole:
    with ZipFile(io.BytesIO(archive)) as file:
        assert file.testzip() is None
        names = file.namelist()
        files = {name: file.read(name) for name in names if name.startswith("files/")}
        told, text = json.loads(file.read("export.json")), file.read("export.txt").decode("utf-8-sig")
        return Whole(names, told, text, files)


def made(member_id: int, folder: Path, *, language: str = "ko") -> Whole:
    store = FileStore(Folder(folder))
    out = io.BytesIO()
    try:
        size = make_now(Order(member_id, language, MADE_AT), out, store=store)
    finally:
        store.close()
    assert size == len(out.getvalue())
    return opened(out.getvalue())


def lay(folder: Path, key: str, content: bytes) -> None:
    """What is in a file of that key."""
    path = folder / kept_name(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
