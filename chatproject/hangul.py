"""Hangul as the keys that write it, so that a name is found while its syllables are still composed. Pure."""

import unicodedata

from chatproject.text import composed

# the keys of a syllable: one of each line, in the order of Unicode; then letters that are two keys
_ORDER = """
ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ
ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ
 ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ
ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ
ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ
"""
_INITIALS, _VOWELS, _FINALS, *_PAIRS = (line.split(" ") for line in _ORDER.splitlines()[1:])
_SYLLABLES = range(0xAC00, 0xD7A4)  # in the order of these three


def _keys(place: int) -> str:
    return _INITIALS[place // 588] + _VOWELS[place // 28 % 21] + _FINALS[place % 28]


_LETTERS = {code: _keys(place) for place, code in enumerate(_SYLLABLES)} | {
    ord(pair[0]): pair[1:] for line in _PAIRS for pair in line
}
_FIRST_LETTERS = {code: _INITIALS[place // 588] for place, code in enumerate(_SYLLABLES)}


class Typed:
    """What somebody types to find a name, in any case and form: unfinished (징 for 지은) or as initials (ㅈㅇ)."""

    def __init__(self, text: str) -> None:
        text = composed(text).casefold()
        self._letters = text.translate(_LETTERS)
        self._initials = text if text and set(text) <= set(_INITIALS) else None

    def begins(self, name: str) -> bool:
        """Whether the name, which is short, may go on from here."""
        name = unicodedata.normalize("NFC", name).casefold()
        if name.translate(_LETTERS).startswith(self._letters):
            return True
        return self._initials is not None and name.translate(_FIRST_LETTERS).startswith(self._initials)
