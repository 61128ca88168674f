"""One form for texts and words, and the initials of Hangul."""

import unicodedata

import pytest

from messaging.search.text import holds_all, holds_link, initials_of, normalise, words_of


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("  고민\n\n 상담\t", "고민 상담"),
        (unicodedata.normalize("NFD", "고민상담"), "고민상담"),
        ("Django API", "django api"),
        ("ㅄ ㄳ", "ㅂㅅ ㄱㅅ"),
        ("ㅋㅋㅠㅠ", "ㅋㅋㅠㅠ"),
        ("👍", "👍"),
        ("", ""),
    ],
)
def test_what_people_take_for_the_same_has_one_form(written: str, compared: str) -> None:
    assert normalise(written) == compared


def test_a_long_text_has_the_same_form_as_its_parts() -> None:
    text = unicodedata.normalize("NFD", "고민상담 ")
    assert normalise(text * 100) == " ".join(["고민상담"] * 100)


def test_initials_stand_at_the_places_of_the_letters() -> None:
    text = normalise("고민, ㄱㅁ! 漢字 a1 각긱")
    codes = initials_of(text)
    assert len(codes) == len(text)
    assert codes[:2] == codes[4:6] == initials_of("ㄱㅁ") == initials_of("깋밓")
    assert initials_of("가")[:1] != initials_of("까")[:1]


@pytest.mark.parametrize(
    ("query", "text", "is_held"),
    [
        ("고민", "고민상담 부탁", True),
        ("상담 고민", "고민상담 부탁", True),  # in any order
        ("고민 고민", "고민", True),
        ("고민 없음", "고민", False),
        ("ㄱㅁ", "고민", True),
        ("ㄱㅁ", "가마니", True),
        ("ㄱㅁ", "고 민", False),
        ("고ㅁ", "가만 고민", True),
        ("고ㅁ", "가만", False),
        ("고ㅁ", "가만 고민가만", True),
        ("ㅁ고", "고민 미고", True),  # the second place is the right one
        ("ㄳ", "감사", True),
        ("ㅏ", "가", False),  # a vowel stands for itself
        ("漢", "字", False),
        ("ㄱ漢", "가字 가漢", True),
    ],
)
def test_every_word_is_held_anywhere(query: str, text: str, is_held: bool) -> None:
    assert holds_all(words_of(query), text) is is_held


def test_blanks_are_no_words() -> None:
    assert words_of(" \n\t ") == ()


@pytest.mark.parametrize(
    ("text", "has_link"), [("보세요 HTTPS://example.com", True), ("http://a", True), ("//comment http", False)]
)
def test_links(text: str, has_link: bool) -> None:
    assert holds_link(text) is has_link
