"""Finding thousands of words in a text, in time that grows with the text alone. Pure."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from messaging.moderation.normalising import Reading, Text
from messaging.moderation.patterns import Pattern, Span

Key = TypeVar("Key", bound=Hashable)
CHECKS_MOST = 2_000  # short words, of one reading: nobody who only talks; 4,000 characters could ask for millions
SHORT_LETTERS = 8


class Hit(NamedTuple, Generic[Key]):
    key: Key
    span: Span  # of the text as `Text.text` has it


class _Candidate(NamedTuple, Generic[Key]):
    key: Key | None  # None: an exception
    pattern: Pattern
    by_keys: bool


class Matcher(Generic[Key]):
    """Words by keys, and exceptions to them. What is found inside an exception is no hit."""

    def __init__(self, words: Mapping[Key, Pattern], allowed: Iterable[Pattern] = ()) -> None:
        by_skeleton: dict[str, list[_Candidate[Key]]] = {}
        for key, pattern in words.items():
            by_skeleton.setdefault(pattern.skeleton, []).append(_Candidate(key, pattern, False))
            if pattern.keys:
                by_skeleton.setdefault(pattern.keys, []).append(_Candidate(key, pattern, True))
        for pattern in allowed:
            by_skeleton.setdefault(pattern.skeleton, []).append(_Candidate(None, pattern, False))
        self._candidates = list(by_skeleton.values())
        self._costs = [(1 + len(one) // SHORT_LETTERS) * len(by_skeleton[one]) for one in by_skeleton]
        # Of those that the library offers, the least slow on letters of one byte, and built in milliseconds
        self._automaton = AhoCorasick(
            list(by_skeleton), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: Text) -> list[Hit[Key]]:
        """All hits, in no order; one of each key and place."""
        hits, excepted = self.look(text)
        exceptions = Exceptions(excepted)
        return [hit for hit in hits if not exceptions.have(hit.span)]

    def look(self, text: Text) -> tuple[list[Hit[Key]], list[Span]]:
        """Also what exceptions were found, which may be exceptions to what others look for."""
        hits, excepted = dict[Hit[Key], None](), list[Span]()
        for reading in text.readings:
            found, allowed = self._look_in(reading)
            if reading.keeps_places:
                excepted += allowed
                hits |= dict.fromkeys(found)
            else:  # where that is in the text nobody knows: its exceptions hold in this reading alone
                whole, own = Span(0, len(text.text)), Exceptions(allowed)
                hits |= dict.fromkeys(Hit(hit.key, whole) for hit in found if not own.have(hit.span))
        return list(hits), excepted

    def _look_in(self, reading: Reading) -> tuple[list[Hit[Key]], list[Span]]:
        hits, excepted = list[Hit[Key]](), list[Span]()
        matches = self._automaton.find_matches_as_indexes(reading.skeleton, overlapping=True)
        left = CHECKS_MOST
        for number, (index, at, _) in enumerate(matches):
            left -= self._costs[index]
            if left < 0:
                return hits + self._unchecked(matches[number:], reading), excepted
            for key, pattern, by_keys in self._candidates[index]:
                span = pattern.match_keys(reading, at) if by_keys else pattern.match(reading, at)
                if span is None:
                    continue
                if key is None:
                    excepted.append(span)
                else:
                    hits.append(Hit(key, span))
        return hits, excepted

    def _unchecked(self, matches: Sequence[tuple[int, int, int]], reading: Reading) -> list[Hit[Key]]:
        """What a text is taken to say that is made to be looked at for long: whatever it may."""
        whole = Span(0, len(reading.text))
        keys = (one.key for index in {match[0] for match in matches} for one in self._candidates[index])
        return [Hit(key, whole) for key in keys if key is not None]


class Exceptions:
    """Spans, and whether another one is inside of one of them: as fast with thousands of both."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def have(self, span: Span) -> bool:
        begun = bisect_right(self._starts, span.start)
        return begun > 0 and self._ends[begun - 1] >= span.end
