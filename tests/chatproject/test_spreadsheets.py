"""What members wrote goes into a spreadsheet as text, never as a formula."""

import csv
import io

import pytest

from chatproject.spreadsheets import csv_bytes, harmless


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+82", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠1", "\u3000=1"],
)
def test_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["안녕하세요", "a=b", "", "'=1", 7, -7, None])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) == cell


def test_a_table_comes_back_as_it_was_and_says_that_it_is_utf_8() -> None:
    encoded = csv_bytes(["이유", "n"], [['도배, "광고"\n둘째 줄', 3], ["=cmd()", None]])
    assert encoded.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(encoded.decode("utf-8-sig"), newline="")))
    assert rows == [["이유", "n"], ['도배, "광고"\n둘째 줄', "3"], ["'=cmd()", ""]]
