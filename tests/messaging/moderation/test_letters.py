"""What characters are to the filter."""

import unicodedata

import pytest

from messaging.moderation.letters import CHARACTERS, SILENT, SKELETONS, SKELETONS_OF_HANGUL, Kind


@pytest.mark.parametrize(
    ("forms", "kind"),
    [
        ("ㅅ ᄉ ᆺ ﾵ ㉦", Kind.LOOSE),
        ("ㅢ ᅴ ￛ", Kind.LOOSE),
        ("가 ㉮", Kind.SYLLABLE),
        ("a A ａ Ａ ⓐ 𝓪 á а", Kind.LATIN),  # the last one is Cyrillic
        ("1 １ ① ¹", Kind.LATIN),
    ],
)
def test_all_forms_of_a_letter_are_the_same(forms: str, kind: Kind) -> None:
    characters = {CHARACTERS[ord(form)] for form in forms.split(" ")}
    assert {character.kind for character in characters} == {kind}
    assert len(characters) == 1


def test_finals_and_initials_are_the_same_letters() -> None:
    assert CHARACTERS[ord("각")].letters == "".join(CHARACTERS[ord(letter)].letters for letter in "ㄱㅏㄱ")
    assert CHARACTERS[ord("값")].letters == "".join(CHARACTERS[ord(letter)].letters for letter in "ㄱㅏㅄ")


@pytest.mark.parametrize(
    ("signs", "kind"),
    [
        (" \n\t\u3000\u3164\u2028", Kind.SPACE),
        (".,!?~-·…()/", Kind.PUNCTUATION),
        ("♡★@#*%💩\\", Kind.SYMBOL),
        ("\u200b\u200d\u0336\ufe0f\u00ad", Kind.INVISIBLE),
    ],
)
def test_what_stands_between_letters_parts_them_more_or_less(signs: str, kind: Kind) -> None:
    assert {CHARACTERS[ord(sign)] for sign in signs} == {("", kind)}


def test_other_scripts_keep_their_letters() -> None:
    assert CHARACTERS[ord("加")] == ("加", Kind.LATIN)
    assert CHARACTERS[ord("Ж")] == ("ж", Kind.LATIN)


def test_skeletons_leave_out_what_is_silent_and_latin_where_it_only_stands_between() -> None:
    assert SILENT not in "아앙ㅇ".translate(SKELETONS)
    assert "시1a발".translate(SKELETONS_OF_HANGUL) == "시발".translate(SKELETONS)
    assert "시1a발".translate(SKELETONS) != "시발".translate(SKELETONS)


def test_what_is_rare_fills_no_memory() -> None:
    known = len(CHARACTERS)
    assert [CHARACTERS[code].kind for code in range(0xE0100, 0xE01F0)] == [Kind.INVISIBLE] * 240
    assert len(CHARACTERS) == known


def test_nfkc_would_lose_what_is_typed_apart() -> None:
    assert unicodedata.normalize("NFKC", "ㅅㅣㅂㅏㄹ") != unicodedata.normalize("NFKC", "시발")
