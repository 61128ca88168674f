"""Hangul typed while the keyboard stands on English: 시발 is tlqkf. Pure."""

from collections.abc import Sequence

from chatproject.hangul import FINALS, INITIALS, LETTERS, SYLLABLES, VOWELS

_KEYS = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)
_LETTERS_OF_KEYS = str.maketrans(_KEYS)
_KEYS_OF_LETTERS = str.maketrans(
    {letter: key for key, letter in _KEYS.items()} | dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "qwertop", strict=True))
)
_VOWEL_LETTERS = frozenset("".join(VOWELS))


def keys_of(text: str) -> str:
    """The keys that write this Hangul, all in small letters: 새끼 is torl."""
    return text.translate(LETTERS).translate(_KEYS_OF_LETTERS)


def typed_by(keys: str) -> str | None:
    """The syllables that these small Latin letters write, or None where a letter would be left over: English words
    and names in code mostly leave some."""
    letters = keys.translate(_LETTERS_OF_KEYS)
    syllables, place = "", 0
    while place < len(letters):
        taken = _syllable(letters, place)
        if taken is None:
            return None
        syllable, place = taken
        syllables += syllable
    return syllables


def _syllable(letters: str, start: int) -> tuple[str, int] | None:
    """The syllable that begins there, and where the next one does."""
    middle = _end_of_run(letters, start, vowels=False)
    end = _end_of_run(letters, middle, vowels=True)
    after = _end_of_run(letters, end, vowels=False)
    final_end = after if after == len(letters) else after - 1  # the last one begins the next syllable
    parts = letters[start:middle], letters[middle:end], letters[end : max(final_end, end)]
    places = [_place(part, among) for part, among in zip(parts, (INITIALS, VOWELS, FINALS), strict=True)]
    if None in places:
        return None
    initial, vowel, final = (place or 0 for place in places)
    return chr(SYLLABLES[(initial * 21 + vowel) * 28 + final]), max(final_end, end)


def _end_of_run(letters: str, start: int, *, vowels: bool) -> int:
    end = start
    while end < len(letters) and (letters[end] in _VOWEL_LETTERS) is vowels:
        end += 1
    return end


def _place(part: str, among: Sequence[str]) -> int | None:
    return among.index(part) if part in among else None
