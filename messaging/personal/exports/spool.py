"""What is put in order before it is written: the lines of the text, room by room. In a file, not in memory.

The file has no name: whatever becomes of the process, nothing of it stays on the disk.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LINES_AT_ONCE = 500


class Line(NamedTuple):
    """In the order of its parts: `room` and `seq` are a message's, or 0 and the number of a table's row."""

    part: int
    room: int
    seq: int
    day: str  # of a message, in ISO; "" for what has none
    text: str


class SentFile(NamedTuple):
    """`path` in the archive; "" where its bytes are not in it. `item`: its JSON."""

    file_id: int
    path: str
    item: bytes


class Spool:
    """For one thread at a time."""

    def __init__(self) -> None:
        # "": SQLite's own temporary file, of which it keeps two megabytes in memory
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute(
            "CREATE TABLE lines (part INTEGER, room INTEGER, seq INTEGER, day TEXT, text TEXT,"
            " PRIMARY KEY (part, room, seq)) WITHOUT ROWID"
        )
        self._db.execute("CREATE TABLE files (file_id INTEGER PRIMARY KEY, path TEXT, item BLOB)")

    def close(self) -> None:
        self._db.close()

    def add_lines(self, lines: Iterable[Line]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?, ?)", lines)
        self._db.execute("COMMIT")

    def lines(self, part: int) -> Iterator[list[Line]]:
        """By room and number, some at a time."""
        found = self._db.execute("SELECT * FROM lines WHERE part = ? ORDER BY room, seq", (part,))
        while some := found.fetchmany(LINES_AT_ONCE):
            yield [Line(*line) for line in some]

    def rooms(self, part: int) -> Iterator[list[int]]:
        """Those with lines, some at a time."""
        after = 0
        while some := self._rooms(part, after):
            yield some
            after = some[-1]

    def _rooms(self, part: int, after: int) -> list[int]:
        wanted = "SELECT DISTINCT room FROM lines WHERE part = ? AND room > ? ORDER BY room LIMIT ?"
        return [room for (room,) in self._db.execute(wanted, (part, after, LINES_AT_ONCE))]

    def add_files(self, files: Iterable[SentFile]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", files)
        self._db.execute("COMMIT")

    def files(self) -> Iterator[list[SentFile]]:
        """By number, some at a time."""
        found = self._db.execute("SELECT * FROM files ORDER BY file_id")
        while some := found.fetchmany(LINES_AT_ONCE):
            yield [SentFile(*file) for file in some]

    def paths_of(self, file_ids: Iterable[int]) -> dict[int, str]:
        """Where these files lie in the archive; those that do not are left out."""
        wanted = "SELECT path FROM files WHERE file_id = ? AND path != ''"
        found = {file_id: self._db.execute(wanted, (file_id,)).fetchone() for file_id in file_ids}
        return {file_id: row[0] for file_id, row in found.items() if row is not None}
