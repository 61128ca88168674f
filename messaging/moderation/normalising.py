"""How a text reads once what people do to get a word past a filter is undone. Pure.

NFKC would not do: it composes ㅅㅣㅂㅏㄹ to 시바 and a lone ㄹ. So everything is taken apart, as NFKD does, and
finals and initials are the same letters then, whether a syllable was typed in one piece or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from chatproject.text import composed
from messaging.moderation.keyboard import typed_by
from messaging.moderation.letters import (
    CHARACTERS,
    SILENT,
    SKELETONS,
    SKELETONS_OF_HANGUL,
    Kind,
)

GAP_MAX_CHARACTERS = 8  # what stands further apart is no word that somebody pulled apart
LATIN_IN_GAP_MAX = 2  # 시a발; what is longer is a word of its own, as in 즉시API발급
APART = 9  # a gap that nothing reaches over

_REPEATED = re.compile(r"(.)(?=\1)", re.DOTALL)  # a sixth of the time that (.)\\1+ and its group take
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
_LATIN = re.compile("[a-z0-9]", re.IGNORECASE)
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]")
_MIXED = re.compile("(?:[ㄱ-ㅣ가-힣][a-z])|(?:[a-z][ㄱ-ㅣ가-힣])", re.IGNORECASE)
_KEYS = re.compile("[a-z]+", re.IGNORECASE)
# Signs that stand for a vowel beside a consonant typed apart, for 팔, or for ㅅ before a vowel: ㅅ1발, 씨8, ^ㅣ발
_LOOK_ALIKE = re.compile("(?<=[ㄱ-ㅎ])[1lIi|!rRHT丨卜](?![a-qs-z]{2})|(?<=[ㄱ-ㅎ가-힣])8|[\\^人](?=[ㅏ-ㅣ])")
_MAY_LOOK_ALIKE = re.compile("[ㄱ-ㅣ8]")  # quick, and without it there is none
_ALIKE = dict(zip("1lIi|!rRHT丨卜8^人", "ㅣㅣㅣㅣㅣㅣㅏㅏㅐㅜㅣㅏ팔ㅅㅅ", strict=True))


class Text:
    """A text and all ways in which it may be meant. Little is done before somebody asks."""

    def __init__(self, text: str) -> None:
        self.text = composed(text) if _JAMO.search(text) else text

    @cached_property
    def readings(self) -> tuple["Reading", ...]:
        """The first is of all letters there are; others follow where there is something to read otherwise."""
        return tuple(self._readings())

    def _readings(self) -> Iterator["Reading"]:
        has_latin = bool(_LATIN.search(self.text))
        yield from _with_and_without_latin(self.text, has_latin=has_latin)
        if self.text.isascii():
            return
        if _MAY_LOOK_ALIKE.search(self.text) and _LOOK_ALIKE.search(self.text):
            alike = _LOOK_ALIKE.sub(lambda sign: _ALIKE[sign[0]], self.text)
            yield from _with_and_without_latin(alike, has_latin=has_latin)
        if has_latin and _MIXED.search(self.text):
            typed = _KEYS.sub(lambda keys: typed_by(keys[0].lower()) or keys[0], self.text)
            if typed != self.text:
                yield from (Reading(typed, keeps_places=False), Reading(typed, latin=False, keeps_places=False))


def _with_and_without_latin(text: str, *, has_latin: bool) -> Iterator["Reading"]:
    yield Reading(text)
    if has_latin and _HANGUL.search(text):
        yield Reading(text, latin=False)


@dataclass(slots=True)
class Letter:
    """`gap` is what stands between it and the letter before: a Kind, APART, or 0."""

    letter: str
    place: int  # of its character in the text
    kind: Kind
    gap: int = 0
    begins: bool = False  # its character; see also `ends`
    ends: bool = False
    begins_word: bool = False
    ends_word: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """The letters, by their places in `Reading.letters`, that one letter of the skeleton stands for."""

    first: int
    last: int


@dataclass
class Reading:
    """One way to read a text. `keeps_places`: its characters stand where those of the text do."""

    text: str
    latin: bool = True  # taken for letters; else for what somebody put between letters of Hangul
    keeps_places: bool = True
    _runs: list[Run] = field(default_factory=list, init=False)

    @cached_property
    def skeleton(self) -> str:
        """What is looked through: letters alone, each once. Every hit has the skeleton of its word in here."""
        skeleton = self.text.translate(SKELETONS if self.latin else SKELETONS_OF_HANGUL)
        return _REPEATED.sub("", skeleton)

    @cached_property
    def runs(self) -> list[Run]:
        """One for each letter of the skeleton."""
        runs, last = list[Run](), ""
        for index, letter in enumerate(self.letters):
            if letter.letter == SILENT:
                continue
            if letter.letter == last:
                runs[-1] = Run(runs[-1].first, index)
            else:
                runs.append(Run(index, index))
            last = letter.letter
        return runs

    @cached_property
    def letters(self) -> list[Letter]:
        letters, gap = list[Letter](), _Gap()
        for place, char in enumerate(self.text):
            written, kind = CHARACTERS[ord(char)]
            if kind > Kind.LATIN or (kind is Kind.LATIN and not self.latin):
                gap.grow(kind)
                continue
            first = len(letters)
            if letters:
                letters[-1].ends_word = gap.kind > 0 and not gap.begins_with_latin
            letters += [Letter(letter, place, kind) for letter in written]
            letters[first].gap = gap.kind if first else 0
            letters[first].begins_word = (gap.kind > 0 or not first) and not gap.ends_with_latin
            letters[first].begins = letters[-1].ends = True
            gap = _Gap()
        if letters:
            letters[-1].ends_word = not gap.begins_with_latin
        return letters


class _Gap:
    """What stands between two letters, as it is read."""

    def __init__(self) -> None:
        self.kind = 0
        self.begins_with_latin = self.ends_with_latin = False
        self._length = self._latin = 0

    def grow(self, kind: Kind) -> None:
        if kind is Kind.INVISIBLE:
            return
        self.ends_with_latin = kind is Kind.LATIN
        self.begins_with_latin = self.begins_with_latin or (self._length == 0 and self.ends_with_latin)
        self._length += 1
        if kind is Kind.LATIN:
            self._latin += 1
            kind = Kind.PUNCTUATION if self._latin <= LATIN_IN_GAP_MAX else Kind.SPACE
        self.kind = max(self.kind, int(kind)) if self._length <= GAP_MAX_CHARACTERS else APART
