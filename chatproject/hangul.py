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

_GROWING = {"ㅗ": 3, "ㅜ": 3, "ㅡ": 1}  # so many vowels begin with this one; they stand behind it


def pattern_of(word: str) -> str:
    """A regular expression, without repetitions, that finds what is typed anywhere in a composed text.

    In any case, with the last syllable unfinished, and by initials. Every database reads it as Python does.
    """
    text = composed(word)
    front, last = text[:-1], text[-1]
    return "".join(map(_sign, front)) + (_unfinished(last) if ord(last) in SYLLABLES else _sign(last))


def _sign(character: str) -> str:
    letters = LETTERS.get(ord(character), "") if ord(character) not in SYLLABLES else ""
    if letters and set(letters) <= set(INITIALS):  # ㄳ
        return "".join(map(_initial, letters))
    if character in INITIALS:
        return _initial(character)
    cases = {character, character.lower(), character.upper(), character.casefold()}
    return _one_of(*sorted(one for one in cases if len(one) == 1))


def _initial(letter: str) -> str:
    first = SYLLABLES.start + INITIALS.index(letter) * 588
    return f"[{letter}{chr(first)}-{chr(first + 587)}]"


def _unfinished(syllable: str) -> str:
    place = ord(syllable) - SYLLABLES.start
    final = FINALS[place % 28]
    if not final:
        vowels = _GROWING.get(VOWELS[place // 28 % 21], 0)
        return f"[{syllable}-{chr(ord(syllable) + 28 * vowels + 27)}]"
    begun = chr(ord(syllable) - place % 28)
    finals = "".join(chr(ord(begun) + number) for number, one in enumerate(FINALS) if one.startswith(final))
    kept = chr(ord(begun) + FINALS.index(final[0])) if len(final) > 1 else begun
    return f"(?:[{finals}]|{kept}{_initial(final[-1])})"


def _one_of(*characters: str) -> str:
    escaped = [f"\\{one}" if one.isascii() and not one.isalnum() else one for one in characters]
    return escaped[0] if len(escaped) == 1 else f"[{''.join(escaped)}]"


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
