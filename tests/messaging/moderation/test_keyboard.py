"""Hangul on an English keyboard."""

import pytest

from messaging.moderation.keyboard import keys_of, typed_by


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        ("dkssudgktpdy", "안녕하세요"),
        ("rkqt", "값"),
        ("rkqtl", "갑시"),  # the last consonant begins the next syllable
        ("tl", "시"),
        ("", ""),
    ],
)
def test_keys_write_syllables(keys: str, typed: str) -> None:
    assert typed_by(keys) == typed


@pytest.mark.parametrize("word", ["function", "apple", "stash", "these", "npm", "kubectl", "x1", "async", "e"])
def test_english_words_leave_letters_over(word: str) -> None:
    assert typed_by(word) is None


def test_words_are_typed_in_small_letters() -> None:
    assert keys_of("새끼") == "torl"
    assert typed_by(keys_of("괜찮아")) == "괜찮아"
