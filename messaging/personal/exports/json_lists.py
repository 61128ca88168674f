"""An object of JSON with long lists, written bit by bit: one item a line. Items are JSON already."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec


class JsonLists:
    """`begin`, then for each list `open`, `add` as often as one likes and `close`; `end` at last."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._is_empty = True  # the list

    def begin(self, head: dict[str, Any]) -> None:
        """What stands before the lists: at least one field."""
        self._write(msgspec.json.encode(head).removesuffix(b"}"))

    def open(self, name: str) -> None:
        self._write(b",\n" + msgspec.json.encode(name) + b":[")
        self._is_empty = True

    def add(self, items: Iterable[bytes]) -> None:
        joined = b",\n".join(items)
        if joined:
            self._write((b"\n" if self._is_empty else b",\n") + joined)
            self._is_empty = False

    def close(self) -> None:
        self._write(b"]")

    def end(self) -> None:
        self._write(b"\n}\n")
