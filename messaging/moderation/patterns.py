"""A word of a rule, and whether what stands somewhere in a text is it. Pure; where to look is `matching`'s work.

A word may be written apart (시ㅂㅏㄹ), stretched (시이이발, 시발ㄹㄹ), and with other things in it. What these are
decides how much it must stand alone: 다시 발표 holds no bad word, though its letters do.
"""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from messaging.moderation.keyboard import keys_of, typed_by
from messaging.moderation.letters import CONSONANTS, SILENT, VOWELS, Kind
from messaging.moderation.normalising import APART, Letter, Reading

STAR_MAX_CHARACTERS = 6  # that a star in a word stands for, without a space
PARTS_MAX = 3  # of a word with stars in it
KEYS_MIN = 4  # of a word that is looked for as it is typed on an English keyboard; words of fewer are English too
_LEAST_LETTERS = 2
_REACH = STAR_MAX_CHARACTERS + 1  # from the last character of one part to the first of the next
_REACH_LETTERS = 3 * _REACH + 1  # as far, mostly: few syllables are of more than three
_KEYS = frozenset(string.ascii_lowercase)


class TooShort(ValueError):
    """A word that would be found everywhere."""


class TooManyStars(ValueError):
    pass


class Span(NamedTuple):
    """Characters of a text, from `start` up to before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Walk:
    """Letters of a reading, from `start` up to before `end`, that are a part of a word."""

    start: int
    end: int
    gap: int  # the widest inside


class Part:
    """What stands between stars."""

    def __init__(self, text: str) -> None:
        reading = Reading(text)
        self.letters = "".join(letter.letter for letter in reading.letters)
        self.skeleton = reading.skeleton
        self.gaps = {index: letter.gap for index, letter in enumerate(reading.letters) if letter.gap}
        self.is_latin = all(letter.kind is Kind.LATIN for letter in reading.letters)
        self.characters = len({letter.place for letter in reading.letters})
        # how far the letters go that the first one of the skeleton stands for
        self.lead = reading.runs[0].last if reading.runs else 0

    def walk(self, letters: Sequence[Letter], start: int) -> _Walk | None:
        """Along the letters of a text from `start`, over what stretches the word."""
        if start < 0:
            return None
        place, widest = start, 0
        for index, letter in enumerate(self.letters):
            if index:
                place = _after_stretch(letters, place, but=letter)
            if place < len(letters) and index and _is_linked(letters, place, letter):
                place, widest = place + 1, max(widest, Kind.SPACE)
            if place == len(letters) or letters[place].letter != letter:
                return None
            gap = letters[place].gap if index else 0
            widest = max(widest, gap if gap != self.gaps.get(index) else 0)
            place += 1
        return _Walk(start, place, widest)


def _after_stretch(letters: Sequence[Letter], place: int, *, but: str) -> int:
    """The next letter that does not only repeat the one before: in 시이이발, 발ㄹㄹ. `but` is wanted."""
    while place < len(letters) and letters[place].letter != but and (step := _stretch(letters, place)):
        place += step
    return place


def _stretch(letters: Sequence[Letter], place: int) -> int:
    """How many letters from here repeat the one before."""
    letter, before = letters[place], letters[place - 1].letter
    if letter.letter == SILENT and before in VOWELS and letter.begins:
        return 2 if letters[place + 1 : place + 2] and letters[place + 1].letter == before else 0
    if letter.letter != before:
        return 0
    if letter.kind is Kind.LATIN:  # three of them: good is not stretched
        around = [one.letter for one in (*letters[max(place - 2, 0) : place - 1], *letters[place + 1 : place + 2])]
        return int(before in around and not before.isdigit())
    return int(letter.kind is Kind.LOOSE)


def _is_linked(letters: Sequence[Letter], place: int, wanted: str) -> bool:
    """십알, which sounds like 시발: the final before a silent letter is the next syllable's."""
    return (
        letters[place].letter == SILENT != wanted
        and letters[place].begins
        and letters[place - 1].letter in CONSONANTS
        and letters[place + 1 : place + 2] != []
        and letters[place + 1].letter == wanted
    )


class Pattern:
    """A word to look for. Raises TooShort and TooManyStars.

    A star inside stands for up to six characters; one at the beginning or the end means that the word may go on.
    `is_allowed`: the word of an exception, which only holds as it is written.
    """

    def __init__(self, text: str, *, is_allowed: bool = False) -> None:
        self.text, self.is_allowed = text.strip(), is_allowed
        inner = self.text.strip("*")
        self._open_start = self.text.startswith("*")
        self._open_end = self.text.endswith("*") or is_allowed
        self._parts = [Part(part) for part in inner.split("*") if part.strip()]
        if len(self._parts) > PARTS_MAX:
            raise TooManyStars(text)
        anchor = max(self._parts, key=lambda part: len(part.skeleton), default=None)
        if anchor is None or not _is_long_enough(anchor) or any(not part.letters for part in self._parts):
            raise TooShort(text)
        self._anchor = self._parts.index(anchor)
        self._is_latin = all(part.is_latin for part in self._parts)
        self.skeleton = anchor.skeleton

    @cached_property
    def keys(self) -> str | None:
        """Its skeleton on an English keyboard, where it is looked for so."""
        if len(self._parts) > 1 or self.is_allowed or not all("가" <= letter <= "힣" for letter in self.text):
            return None
        keys = keys_of(self.text)
        return Reading(keys).skeleton if len(keys) >= KEYS_MIN else None

    def match(self, reading: Reading, at: int) -> Span | None:
        """Where the word stands whose skeleton was found there in the reading's."""
        letters = reading.letters
        anchor = self._parts[self._anchor]
        found = anchor.walk(letters, reading.runs[at].last - anchor.lead)
        if found is None:
            return None
        for walks in self._chains(letters, found):
            first, last, gap = walks[0], walks[-1], max(walk.gap for walk in walks)
            if self._stands_alone(letters, first.start, last.end, gap):
                return Span(letters[first.start].place, letters[last.end - 1].place + 1)
        return None

    def match_keys(self, reading: Reading, at: int) -> Span | None:
        """As `match`, of the word typed on an English keyboard: at the beginning of a run of Latin letters, where
        the whole run is Hangul then."""
        letters, start = reading.letters, reading.runs[at].first
        if start and not letters[start].gap and letters[start - 1].kind is Kind.LATIN:
            return None
        end = start
        while end < len(letters) and letters[end].letter in _KEYS and (end == start or not letters[end].gap):
            end += 1
        typed, word = typed_by("".join(letter.letter for letter in letters[start:end])), keys_of(self.text)
        if typed is None or not typed.startswith(typed_by(word) or word):
            return None
        return Span(letters[start].place, letters[end - 1].place + 1)

    def _chains(self, letters: Sequence[Letter], anchor: _Walk) -> Iterator[list[_Walk]]:
        """The walks of all parts, around that of the longest."""
        before, after = self._parts[: self._anchor], self._parts[self._anchor + 1 :]
        for head in _walks(letters, before[::-1], anchor, step=-1):
            for tail in _walks(letters, after, anchor, step=1):
                yield [*head[::-1], anchor, *tail]

    def _stands_alone(self, letters: Sequence[Letter], start: int, end: int, gap: int) -> bool:
        """Whether it is no part of other words, as far as what is in it makes that likely."""
        stretched = _after_stretch(letters, end, but="")
        ends = (letters[end - 1], letters[stretched - 1])
        begins = self._open_start or letters[start].begins
        if not begins or not (self._open_end or any(letter.ends for letter in ends)):
            return False
        while start and letters[start].kind is Kind.LOOSE and not letters[start].gap and _stretch(letters, start):
            start -= 1
        begins_word = self._open_start or letters[start].begins_word
        ends_word = self._open_end or any(letter.ends_word for letter in ends)
        if self.is_allowed:
            return gap == 0
        if self._is_latin:
            single = all(letter.gap for letter in letters[start + 1 : end])  # f.u.c.k, but not: as s
            return begins_word and ends_word and gap != APART and (gap == 0 or single)
        if gap <= Kind.SYMBOL:
            return True
        return begins_word and ends_word if gap == Kind.SPACE else gap != APART and (begins_word or ends_word)


def _walks(letters: Sequence[Letter], parts: Sequence[Part], beside: _Walk, *, step: int) -> Iterator[list[_Walk]]:
    """Of the parts, the nearest first, each within reach of the one before. `step`: 1 for those after, -1."""
    if not parts:
        yield []
        return
    part, *others = parts
    places = range(beside.end, beside.end + _REACH_LETTERS)
    if step == -1:
        places = range(beside.start - 1, beside.start - 1 - _REACH_LETTERS - len(part.letters), -1)
    for place in places:
        walk = part.walk(letters, place) if 0 <= place < len(letters) and letters[place].begins else None
        if walk is None:
            continue
        first, second = (beside, walk) if step == 1 else (walk, beside)
        if _are_near(letters, first.end, second.start):
            for more in _walks(letters, others, walk, step=step):
                yield [walk, *more]


def _are_near(letters: Sequence[Letter], end: int, start: int) -> bool:
    """Whether a star stands for what is between."""
    return (
        end <= start
        and letters[end - 1].ends
        and letters[start].place - letters[end - 1].place <= _REACH
        and all(letter.gap < Kind.SPACE for letter in letters[end : start + 1])
    )


def _is_long_enough(part: Part) -> bool:
    """Two characters, or a syllable with a final; and of letters that are heard."""
    enough = part.characters >= 2 or len(part.letters) > 2
    return enough and len(part.skeleton) >= _LEAST_LETTERS
