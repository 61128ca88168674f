"""Finding thousands of words in a text, in time that grows with the text alone. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from messaging.moderation.normalising import Reading, Text
from messaging.moderation.patterns import Pattern, Span

Key = TypeVar("Key", bound=Hashable)


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
        # Of those that the library offers, the least slow on letters of one byte, and built in milliseconds
        self._automaton = AhoCorasick(
            list(by_skeleton), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: Text) -> list[Hit[Key]]:
        """All hits, in no order; one of each key and place."""
        hits, excepted = self.look(text)
        return [hit for hit in hits if not is_within(hit.span, excepted)]

    def look(self, text: Text) -> tuple[list[Hit[Key]], list[Span]]:
        """Also what exceptions were found, which may be exceptions to what others look for."""
        hits, excepted = dict[Hit[Key], None](), list[Span]()
        for reading in text.readings:
            for key, span in self._look_in(reading):
                if key is None:
                    excepted.append(span)
                else:
                    hits[Hit(key, span)] = None
        return list(hits), excepted

    def _look_in(self, reading: Reading) -> Iterator[tuple[Key | None, Span]]:
        for index, at, _ in self._automaton.find_matches_as_indexes(reading.skeleton, overlapping=True):
            for key, pattern, by_keys in self._candidates[index]:
                span = pattern.match_keys(reading, at) if by_keys else pattern.match(reading, at)
                if span is not None:
                    yield key, span if reading.keeps_places else Span(0, len(reading.text))


def is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)
