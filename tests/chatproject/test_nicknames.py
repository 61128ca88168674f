"""Nicknames as the main server's members chose them: mended so that they can be shown, never refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatproject.nicknames import (
    NICKNAME_MAX_CHARACTERS,
    NICKNAME_MAX_CODE_POINTS,
    cut_nickname,
    mend_nickname,
    same_names,
)

FAMILY = "👨‍👩‍👧‍👦"
TEN_SYLLABLES = "가각간갇갈갉갊감갑값"
ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            "aA1# 가각👩💻🏽❤🏴بन葛\u200d\u200c\ufe0f\ufe0e\u00a0\u200b\u3164\u2800\u0301\u064b\u094d"
            "\U000e0100\U000e0067\U000e007f\u20e3\ud800\u1160\u034f\U0001f1f0"
        ),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    "nickname",
    [
        "햇살",
        "김",
        "개발자👩‍💻",
        f"{FAMILY} 네",
        "핑크🩷하트",
        "새 이모지 \U0001fae9\U0001fac6\U0001fadf",
        "❤️‍🔥",
        "손👍🏽",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "🇰🇷 한국",
        "1\ufe0f\u20e3등",
        "می\u200cخواهم",
        "क्\u200dष",
        "葛\U000e0100城",
        "O'Brien-Núñez #7",
        FAMILY * NICKNAME_MAX_CHARACTERS,
    ],
)
def test_what_people_write_stays_as_it_is(nickname: str) -> None:
    assert mend_nickname(nickname) == nickname


@pytest.mark.parametrize(
    ("nickname", "shown"),
    [
        ("  햇살\u3000", "햇살"),
        ("홍\u00a0길동", "홍 길동"),
        ("홍 \t\r\n 길동", "홍 길동"),
        ("홍\u2028길동", "홍 길동"),
        ("홍\u3164\u2800길동", "홍 길동"),
        ("a\u202eb\u2066c", "abc"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a \u200b b", "a b"),
        ("Alice\ufe0f", "Alice"),
        ("Al\u200dice", "Alice"),
        ("👩\u200d", "👩"),
        ("\ud800x\ufffd\uffff", "x"),
        ("a\x00b", "a b"),
        (unicodedata.normalize("NFD", TEN_SYLLABLES), TEN_SYLLABLES),
        ("n" * 21, "n" * 20),
        (FAMILY * 21, FAMILY * 20),
        ("각" * 19 + "👩‍💻" + "x", "각" * 19 + "👩‍💻"),
        ("x" * 19 + " y", "x" * 19),
        ("", ""),
        (" \u200b\u3164\u2800\u00ad", ""),
        ("\u200d\ufe0f", ""),
    ],
    ids=ascii,
)
def test_what_cannot_be_shown_in_a_line_is_mended(nickname: str, shown: str) -> None:
    assert mend_nickname(nickname) == shown


@given(ANY_TEXT)
def test_whatever_comes_is_mended_once_and_for_all(nickname: str) -> None:
    shown = mend_nickname(nickname)

    assert mend_nickname(shown) == shown == unicodedata.normalize("NFC", shown).strip()
    assert len(shown) <= NICKNAME_MAX_CODE_POINTS
    shown.encode()  # half a character could not be stored


@given(ANY_TEXT, st.integers(1, 40))
def test_a_nickname_is_cut_for_a_column_and_keeps_something(nickname: str, code_points: int) -> None:
    shown = mend_nickname(nickname)
    cut = cut_nickname(shown, code_points=code_points)

    assert len(cut) <= code_points
    assert cut_nickname(cut, code_points=code_points) == cut


def test_a_cut_goes_through_no_character() -> None:
    assert cut_nickname("가나👩‍💻다", code_points=4) == "가나"
    assert cut_nickname("가" + "e\u0301" * 3, code_points=4) == "가e\u0301"
    assert cut_nickname("Z" + "\u0301" * 300, code_points=40) == "Z" + "\u0301" * 39


def test_names_that_look_the_same_are_found_however_they_are_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "김철수")

    assert set(same_names("김철수")) == set(same_names(decomposed)) == {"김철수", decomposed}
    assert same_names(decomposed)[0] == decomposed
    assert same_names("Alice") == ["Alice"]
