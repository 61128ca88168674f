"""How texts and words are compared: one form for both, and the initials (초성) of Hangul. Pure.

The initials of a text stand at the places of its letters, so that a word of letters and initials (고민ㅅㄷ) is
found in one pass over both.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from chatproject.text import composed

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE, LAST_SYLLABLE, SYLLABLES_PER_INITIAL = 0xAC00, 0xD7A3, 588
ASCII_END = 0x80
LONG_CHARACTERS = 200  # of marks on one letter, so many cost nothing; 4,000 take unicodedata 40 ms
OTHER = 0x7F  # what is neither Hangul nor ASCII has one code for all: compared as letters, it is told apart
_INITIAL_CODES = range(ASCII_END, ASCII_END + len(INITIALS))
# input methods join two consonants that are typed one after the other
_CLUSTERS = str.maketrans(
    {
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
        "ㄿ": "ㄹㅍ",
        "ㅀ": "ㄹㅎ",
        "ㅄ": "ㅂㅅ",
    }
)
_HAS_CLUSTER = re.compile("[ㄳㄵㄶㄺ-ㅀㅄ]")
_HAS_INITIAL = re.compile(f"[{INITIALS}]")
_LETTERS = re.compile(f"[^{INITIALS}]+")


class _Codes(dict[int, int]):
    """One byte for a letter: the initial of a syllable, an initial written alone, ASCII as it is."""

    def __missing__(self, letter: int) -> int:
        return OTHER


_CODES = _Codes(
    {
        letter: ASCII_END + (letter - FIRST_SYLLABLE) // SYLLABLES_PER_INITIAL
        for letter in range(FIRST_SYLLABLE, LAST_SYLLABLE + 1)
    }
    | dict(zip(map(ord, INITIALS), _INITIAL_CODES, strict=True))
    | {letter: letter for letter in range(ASCII_END)}
)


def normalise(text: str) -> str:
    """The form that texts and words are compared in: composed, without case, one space between words."""
    folded = text.casefold()
    text = composed(folded) if len(folded) > LONG_CHARACTERS else unicodedata.normalize("NFC", folded)
    if _HAS_CLUSTER.search(text):
        text = text.translate(_CLUSTERS)
    return " ".join(text.split())


def initials_of(normalised: str) -> bytes:
    """A byte for each letter."""
    return normalised.translate(_CODES).encode("latin-1")


def has_initials(word: str) -> bool:
    """Whether the word holds consonants that stand for syllables."""
    return _HAS_INITIAL.search(word) is not None


@dataclass(frozen=True, slots=True)
class Word:
    """A word to be found, normalised. `letters`: its runs that are compared letter by letter, with places."""

    text: str
    initials: bytes | None  # None: letters only
    letters: tuple[tuple[int, str], ...] = ()

    def letter_runs(self) -> list[str]:
        return [self.text] if self.initials is None else [run for _place, run in self.letters]

    def is_in(self, text: str, initials: Callable[[], bytes]) -> bool:
        if self.initials is None:
            return self.text in text
        codes = initials()
        place = codes.find(self.initials)
        while place >= 0:
            if all(text.startswith(run, place + start) for start, run in self.letters):
                return True
            place = codes.find(self.initials, place + 1)
        return False


def words_of(query: str) -> tuple[Word, ...]:
    """The words of a query, all of which a message must hold; none where it is blank."""
    return tuple(map(_word, dict.fromkeys(normalise(query).split())))


def _word(text: str) -> Word:
    if not has_initials(text):
        return Word(text, None)
    return Word(text, initials_of(text), tuple((run.start(), run[0]) for run in _LETTERS.finditer(text)))


def holds_all(words: tuple[Word, ...], contents: str) -> bool:
    """Whether a message of these contents holds every word."""
    text = normalise(contents)
    codes: list[bytes] = []

    def initials() -> bytes:
        if not codes:
            codes.append(initials_of(text))
        return codes[0]

    return all(word.is_in(text, initials) for word in words)


def holds_link(contents: str) -> bool:
    """Whether there is a web address in it, as the page shows one."""
    text = contents.casefold()
    return "https://" in text or "http://" in text
