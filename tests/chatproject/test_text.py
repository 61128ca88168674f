"""What counts as visible decides what may be a message or a name."""

import pytest

from chatproject.text import composed, has_something_visible, is_encodable

NOTHING = {
    "nothing at all": "",
    "spaces and line breaks": " \t\r\n\u00a0\u3000\u2028\u2029",
    "zero-width characters": "\u200b\u200c\u200d\u2060\ufeff",
    "control characters": "\x00\x1b\x7f",
    "Hangul fillers and the blank Braille pattern": "\u115f\u1160\u3164\uffa0\u2800",
    "marks of variants": "\ufe0f\ufe00\u180b\U000e0100",
    "joiners and vowels that are never shown": "\u034f\u17b4\u17b5",
    "tags, and what Unicode keeps free among them": "\U000e0041\U000e0fff\ufff0\u2065",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_what_nobody_can_see_is_nothing(text: str) -> None:
    assert not has_something_visible(text)


@pytest.mark.parametrize("text", ["a", "가", "ㅋ", "🍣", ".", "\u200b!\u200b", "☎\ufe0f", "葛\U000e0100"])
def test_one_visible_character_is_enough(text: str) -> None:
    assert has_something_visible(text)


def test_half_a_character_cannot_be_sent() -> None:
    assert is_encodable("🍣")
    assert not is_encodable("half \ud83c")


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("가나", "\u1100\u1161\u1102\u1161"),
        ("é", "e\u0301"),
        ("q\u0323\u0307", "q\u0307\u0323"),
        ("\u0958", "\u0915\u093c"),
        ("hello", "hello"),
    ],
)
def test_a_name_is_the_same_however_its_letters_are_put_together(written: str, same: str) -> None:
    assert composed(written) == composed(same)


def test_thirty_marks_on_a_letter_are_kept_and_the_next_letter_has_its_own() -> None:
    marks = "\u0316" * 15 + "\u0301" * 15
    assert composed(f"b{marks}t{marks}") == f"b{marks}t{marks}"
    assert composed(f"b{marks}\u0316t") == f"b{marks}t"
