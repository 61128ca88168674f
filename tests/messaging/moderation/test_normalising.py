"""How texts read to the filter."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.moderation.letters import Kind
from messaging.moderation.normalising import APART, Reading, Text

TEXTS = st.text("시발가ㅅㅣㅏㅇ아 .1aA♡\n\u200b\u1109\u1175\u11af", max_size=30)


@given(TEXTS, st.booleans())
def test_each_letter_of_a_skeleton_stands_for_the_same_letters_of_the_text(text: str, latin: bool) -> None:
    reading = Reading(text, latin=latin)
    assert reading.skeleton == "".join(reading.letters[run.first].letter for run in reading.runs)


@given(TEXTS)
def test_a_text_reads_alike_in_all_forms(text: str) -> None:
    [one, other] = (Text(unicodedata.normalize(form, text)).readings[0] for form in ("NFC", "NFD"))
    assert one.skeleton == other.skeleton
    assert [letter.begins for letter in one.letters] == [letter.begins for letter in other.letters]


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("시발", 0),
        ("시\u200b발", 0),
        ("시♡♡발", Kind.SYMBOL),
        ("시.♡발", Kind.PUNCTUATION),
        ("시1발", Kind.PUNCTUATION),
        ("시API발", Kind.SPACE),
        ("시. 발", Kind.SPACE),
        ("시" + " " * 9 + "발", APART),
    ],
)
def test_the_gap_before_a_letter_is_as_wide_as_the_widest_in_it(text: str, gap: int) -> None:
    [*_, second] = [letter for letter in Reading(text, latin=False).letters if letter.begins]
    assert second.gap == gap


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("발", True, True),
        ("시발표", False, False),
        ("3발", False, True),
        ("3.발", True, True),
        (".3발", False, True),
        ("발3.", True, False),
        ("발.3", True, True),
        ("♡발♡", True, True),
    ],
)
def test_words_end_where_letters_and_digits_do(text: str, begins: bool, ends: bool) -> None:
    letters = Reading(text, latin=False).letters
    place = text.index("발")
    [first, *_, last] = [letter for letter in letters if letter.place == place]
    assert (first.begins_word, last.ends_word) == (begins, ends)


def test_a_plain_text_is_read_in_one_way_and_others_in_as_many_as_they_need() -> None:
    assert len(Text("다시 발표할게요").readings) == 1
    assert len(Text("git stash").readings) == 1
    assert len(Text("API 문서").readings) == 2
    assert [reading.text for reading in Text("ㅅ1발 tl발").readings][2] == "ㅅㅣ발 tl발"
    assert [reading.text for reading in Text("tl발").readings][-1] == "시발"
