import pytest

from chatproject.errors import InvalidInput
from messaging.files.uploads.labels import clean_alt, clean_name

NAMES = [
    ("고양이.jpg", "고양이.jpg"),
    ("  report (final).pdf ", "report (final).pdf"),
    ("\u1100\u1169\u1103\u1173.zip", "\uace0\ub4dc.zip"),  # as a Mac writes 고드.zip
    ("صورة\u200f.png", "صورة\u200f.png"),
    ("👩\u200d💻.txt", "👩\u200d💻.txt"),
    ("x" * 251 + ".txt", "x" * 251 + ".txt"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_file_keeps_its_name(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "x" * 496 + ".txt",
        "",
        "   ",
        "\u200b\u3164",
        "../../etc/passwd",
        "C:\\secret.txt",
        "a\0.txt",
        "a\r\nSet-Cookie: x.txt",
        "photo\u202egnp.exe",  # shown as photoexe.png
        "a\u2066b.txt",
        "a\u2028b.txt",
        "a\x7f.txt",
        "a\x9b.txt",
        "a\ud800.txt",
    ],
)
def test_no_name_breaks_a_line_a_path_or_a_readers_eyes(name: str) -> None:
    with pytest.raises(InvalidInput):
        clean_name(name)


def test_a_description_is_one_line() -> None:
    assert clean_alt(" 창가에서\n 자는   고양이 ") == "창가에서 자는 고양이"
    assert clean_alt(" \n") == ""
    assert len(clean_alt("가" * 300)) == 300


@pytest.mark.parametrize("alt", ["가" * 301, "a\0", "a\u202eb", "a\x1b[31m", "a\ud800"])
def test_a_description_that_is_too_long_or_turns_the_line_is_refused(alt: str) -> None:
    with pytest.raises(InvalidInput):
        clean_alt(alt)
