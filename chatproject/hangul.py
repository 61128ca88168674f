"""Hangul as the keys that write it, so that a name is found while its syllables are still composed, and a word in
whatever way it is typed. Pure."""

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
INITIALS, VOWELS, FINALS, *PAIRS = (line.split(" ") for line in _ORDER.splitlines()[1:])
SYLLABLES = range(0xAC00, 0xD7A4)  # in the order of these three


def _keys(place: int) -> str:
    return INITIALS[place // 588] + VOWELS[place // 28 % 21] + FINALS[place % 28]


LETTERS = {code: _keys(place) for place, code in enumerate(SYLLABLES)} | {
    ord(pair[0]): pair[1:] for line in PAIRS for pair in line
}
_FIRST_LETTERS = {code: INITIALS[place // 588] for place, code in enumerate(SYLLABLES)}


class Typed:
    """What somebody types to find a name, in any case and form: unfinished (징 for 지은) or as initials (ㅈㅇ)."""

    def __init__(self, text: str) -> None:
        text = composed(text).casefold()
        self._letters = text.translate(LETTERS)
        self._initials = text if text and set(text) <= set(INITIALS) else None

    def begins(self, name: str) -> bool:
        """Whether the name, which is short, may go on from here."""
        name = unicodedata.normalize("NFC", name).casefold()
        if name.translate(LETTERS).startswith(self._letters):
            return True
        return self._initials is not None and name.translate(_FIRST_LETTERS).startswith(self._initials)
