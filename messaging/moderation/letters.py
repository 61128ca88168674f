"""What each character of a text is to the filter: letters of Hangul or of others, or what stands between. Pure.

Letters of Hangul are written as ASCII here, so that what is looked for has mostly one byte a letter: the automaton
that does so is then smaller and faster than one of Hangul.
"""

import unicodedata
from enum import IntEnum
from typing import NamedTuple

from chatproject.hangul import FINALS, INITIALS, LETTERS, PAIRS

_HANGUL = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
_ASCII = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_{|}"  # letters of Latin are small here, so these are free
_TO_ASCII = str.maketrans(_HANGUL, _ASCII)
SILENT = "ㅇ".translate(_TO_ASCII)  # at the beginning of a syllable
VOWELS = frozenset(_ASCII[19:])
CONSONANTS = frozenset(_ASCII[:19])

_JAMO = {0x1100 + place: letter for place, letter in enumerate(INITIALS)}
_JAMO |= {0x1161 + place: letters for place, letters in enumerate("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")}
_JAMO |= {0x11A7 + place: letters for place, letters in enumerate(FINALS) if letters}
# ㅄ and ㅀ decompose to initials of old Korean
_JAMO |= {ord(unicodedata.normalize("NFKD", double[0])): double[1:] for line in PAIRS for double in line}
# Of Cyrillic and Greek, what Latin words are written with to get past a filter
_LOOK_LATIN = dict(zip("асеорхуіјѕԁһɡοαν", "aceopxyijsdhgoav", strict=True))
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # blank, though letters or symbols
# What also stands between words where nobody hides one; other symbols and hearts hardly do without a space
_BETWEEN_WORDS = frozenset("<>=+|~^-_/")
_CACHED_BELOW = 0x20000  # emoji among them; the rest is rare, and nobody may fill the memory with it


class Kind(IntEnum):
    """Up to LATIN: letters. From SYMBOL on: what stands between letters, the more parting the higher."""

    SYLLABLE = 0
    LOOSE = 1  # a letter of Hangul by itself
    LATIN = 2  # and digits, and letters of other scripts
    INVISIBLE = 3
    SYMBOL = 4
    PUNCTUATION = 5
    SPACE = 6


class Character(NamedTuple):
    letters: str
    kind: Kind


class _Characters(dict[int, Character]):
    """By code point."""

    def __missing__(self, code: int) -> Character:
        character = _character(chr(code))
        if code < _CACHED_BELOW:
            self[code] = character
        return character


class _Skeletons(dict[int, str]):
    """For `str.translate`: letters without the silent ones, which stretching a syllable puts in."""

    def __init__(self, *, with_latin: bool) -> None:
        self._last = Kind.LATIN if with_latin else Kind.LOOSE

    def __missing__(self, code: int) -> str:
        letters, kind = CHARACTERS[code]
        skeleton = letters.replace(SILENT, "") if kind <= self._last else ""
        if code < _CACHED_BELOW:
            self[code] = skeleton
        return skeleton


CHARACTERS = _Characters()
SKELETONS, SKELETONS_OF_HANGUL = _Skeletons(with_latin=True), _Skeletons(with_latin=False)


def _character(char: str) -> Character:
    if char in _FILLERS:
        return Character("", Kind.SPACE)
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    folded = decomposed.translate(_JAMO).translate(LETTERS)
    hangul = "".join(letter for letter in folded if letter in _HANGUL)
    if hangul:
        kind = Kind.LOOSE if len(decomposed) == 1 else Kind.SYLLABLE
        return Character(hangul.translate(_TO_ASCII), kind)
    others = "".join(_LOOK_LATIN.get(letter, letter) for letter in folded if letter.isalnum())
    if others:
        return Character(others, Kind.LATIN)
    return Character("", _kind_of_sign(char))


def _kind_of_sign(char: str) -> Kind:
    category = unicodedata.category(char)
    if category[0] == "Z" or char in "\t\n\r\v\f":
        return Kind.SPACE
    if category[0] in "MC":
        return Kind.INVISIBLE
    if (category[0] == "P" and char not in "@#%&*\\") or char in _BETWEEN_WORDS:
        return Kind.PUNCTUATION
    return Kind.SYMBOL
