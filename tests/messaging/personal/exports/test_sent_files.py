"""What a member's file is called in the archive, on whatever system it is opened."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from messaging.personal.exports.sent_files import FileRow
from tests.messaging.store.doing import NOW


def path(name: str, media_type: str = "application/pdf") -> str:
    return FileRow(31, 1, 4, name, media_type, 9, None, None, "", "ready", "", "ab" * 16, NOW).path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("보고서.pdf", "files/31-보고서.pdf"),
        ("a/b\\c:d.pdf", "files/31-a_b_c_d.pdf"),
        ("../../etc/passwd.pdf", "files/31-_.._etc_passwd.pdf"),
        ("이름", "files/31-이름.pdf"),
        ("...", "files/31-file.pdf"),
        ("거꾸로\u202efdp.exe", "files/31-거꾸로fdp.exe.pdf"),
    ],
)
def test_it_lies_in_its_folder_under_a_name_that_every_system_takes(name: str, expected: str) -> None:
    assert path(name) == expected
    assert PurePosixPath(path(name)).parent == PurePosixPath("files")
    assert len(PureWindowsPath(path(name)).parts) == 2


def test_a_long_name_in_any_script_fits_a_file_system() -> None:
    long = path("가" * 250 + ".pdf")
    assert len(long.removeprefix("files/").encode()) <= 255
    assert long.endswith(".pdf")
