"""The spool: lines come out in order, however they went in, and no file has a name."""

from pathlib import Path

import pytest

from messaging.personal.exports import spool as module
from messaging.personal.exports.spool import Line, SentFile, Spool


def test_lines_come_by_room_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINES_AT_ONCE", 2)
    spool = Spool()
    spool.add_lines(
        [Line(9, 2, 1, "2026-11-22", "c"), Line(9, 1, 5, "2026-11-22", "b"), Line(1, 0, 0, "", "other")]
    )
    spool.add_lines([Line(9, 1, 4, "2026-11-22", "a"), Line(9, 3, 1, "2026-11-22", "d")])
    assert [[line.text for line in some] for some in spool.lines(9)] == [["a", "b"], ["c", "d"]]
    assert list(spool.rooms(9)) == [[1, 2], [3]]
    spool.close()


def test_files_are_found_by_number_where_they_lie() -> None:
    spool = Spool()
    spool.add_files([SentFile(2, "files/2-b", b"{}"), SentFile(1, "", b"{}")])
    assert [[file.file_id for file in some] for some in spool.files()] == [[1, 2]]
    assert spool.paths_of([1, 2, 3]) == {2: "files/2-b"}
    spool.close()


def test_what_is_too_much_for_memory_lies_in_a_file_without_a_name() -> None:
    spool = Spool()
    for room in range(50):
        spool.add_lines(Line(1, room, seq, "2026-11-22", "가" * 500) for seq in range(100))
    opened = [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    assert any("etilqs_" in name and name.endswith(" (deleted)") for name in opened)
    spool.close()
