"""A regular expression at work, step by step: what Python's `re` does, in a form whose steps can be counted.

It walks the same parsed pattern in the same order, without the shortcuts that `re` has: so `re` takes no more
steps, but for a constant factor. A step is one look at one character or position.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Node = tuple[Any, Any]
Nodes = tuple[Node, ...]
Groups = dict[int, tuple[int, int]]

_CATEGORIES = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda one: not one.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda one: not one.isspace(),
    op.CATEGORY_WORD: lambda one: one.isalnum() or one == "_",
    op.CATEGORY_NOT_WORD: lambda one: not (one.isalnum() or one == "_"),
}
_ONE_CHARACTER = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}
_IGNORECASE, _MULTILINE, _DOTALL, _DEBUG = map(int, (re.IGNORECASE, re.MULTILINE, re.DOTALL, re.DEBUG))


class TooManySteps(Exception):
    """More than were allowed."""


@cache
def parse(pattern: str | bytes, flags: int) -> Nodes:
    """As `re` parses it, in tuples: each pattern is walked many thousand times."""
    nodes: Nodes = _frozen(_parser.parse(pattern, flags & ~_DEBUG))
    return nodes


def _frozen(parsed: Any) -> Any:
    if isinstance(parsed, tuple) and parsed and any(parsed[0] is kind for kind in (op.ASSERT, op.ASSERT_NOT)):
        kind, (direction, nodes) = parsed
        steps_back = nodes.getwidth()[0] if direction < 0 else 0
        return kind, (steps_back, _frozen(nodes))
    if isinstance(parsed, _parser.SubPattern | list | tuple):
        return tuple(_frozen(part) for part in parsed)
    return parsed


class Search:
    """Looks for all matches of a pattern in a text; `is_anchored`: at the text's beginning only."""

    def __init__(self, pattern: re.Pattern[Any], *, steps_most: int, is_anchored: bool = False) -> None:
        self._parsed, self._flags = parse(pattern.pattern, pattern.flags), pattern.flags
        self._is_anchored = is_anchored
        self._steps_most = steps_most
        self._fitting: dict[tuple[int, str], bool] = {}
        self.text = ""
        self.steps = 0

    def spans(self, text: str) -> list[tuple[int, int]]:
        """As `finditer` has them. Raises TooManySteps."""
        self.text, self.steps = text, 0
        found, start = [], 0
        while start <= len(text):
            self._step()
            end = next(self._match(self._parsed, 0, start, {}), None)
            if end is not None:
                found.append((start, end))
            if self._is_anchored:
                break
            start = end if end is not None and end > start else start + 1
        return found

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self._steps_most:
            raise TooManySteps

    def _match(self, nodes: Nodes, first: int, start: int, groups: Groups) -> Iterator[int]:
        """Where the nodes from the first may end that begin at `start`, in the order in which `re` tries it."""
        while first < len(nodes) and nodes[first][0] in _ONE_CHARACTER:
            self._step()
            if start == len(self.text) or not self._fits(nodes[first], self.text[start]):
                return
            first, start = first + 1, start + 1
        if first == len(nodes):
            yield start
            return
        ends = self._match_one(nodes[first], start, groups)
        if first + 1 == len(nodes):
            yield from ends
            return
        for end in ends:
            yield from self._match(nodes, first + 1, end, groups)

    def _fits(self, node: Node, character: str) -> bool:
        known = self._fitting.get((id(node), character))
        if known is None:
            known = self._fitting[id(node), character] = fits(node, character, self._flags)
        return known

    def _match_one(self, node: Node, start: int, groups: Groups) -> Iterator[int]:
        kind, what = node
        self._step()
        if kind is op.AT:
            if self._is_at(what, start):
                yield start
        elif kind is op.BRANCH:
            for alternative in what[1]:
                yield from self._match(alternative, 0, start, groups)
        elif kind is op.SUBPATTERN:
            yield from self._group(what[0], what[3], start, groups)
        elif kind is op.ATOMIC_GROUP:
            yield from self._first(what, start, groups)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            if self._looks(what, start, groups) == (kind is op.ASSERT):
                yield start
        elif kind is op.GROUPREF:
            if what in groups and self.text.startswith(said := self.text[slice(*groups[what])], start):
                self.steps += len(said)
                yield start + len(said)
        elif kind is op.GROUPREF_EXISTS:
            yes, no = what[1], what[2]
            yield from self._match((yes if what[0] in groups else no) or (), 0, start, groups)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from self._repeat(kind, what, start, groups)
        else:
            raise NotImplementedError(kind)

    def _group(self, number: int | None, nodes: Nodes, start: int, groups: Groups) -> Iterator[int]:
        for end in self._match(nodes, 0, start, groups):
            if number is not None:
                groups[number] = (start, end)
            yield end
        if number is not None:
            groups.pop(number, None)

    def _first(self, nodes: Nodes, start: int, groups: Groups) -> Iterator[int]:
        end = next(self._match(nodes, 0, start, groups), None)
        if end is not None:
            yield end

    def _looks(self, what: Any, start: int, groups: Groups) -> bool:
        steps_back, nodes = what
        start -= steps_back
        return start >= 0 and next(self._match(nodes, 0, start, dict(groups)), None) is not None

    def _repeat(self, kind: Any, what: Any, start: int, groups: Groups) -> Iterator[int]:
        least, most, nodes = what
        most = len(self.text) + 1 if most is op.MAXREPEAT else int(most)
        if len(nodes) == 1 and nodes[0][0] in _ONE_CHARACTER:
            ends = self._repeat_character(nodes[0], int(most), start, is_lazy=kind is op.MIN_REPEAT)
            ends = (end for end in ends if end - start >= least)
        else:
            ends = self._repeat_group(nodes, int(least), int(most), start, groups, kind is op.MIN_REPEAT)
        if kind is op.POSSESSIVE_REPEAT:
            end = next(ends, None)
            ends = iter(() if end is None else (end,))
        yield from ends

    def _repeat_character(self, node: Node, most: int, start: int, *, is_lazy: bool) -> Iterator[int]:
        end = start
        while True:
            if is_lazy:
                yield end
            self._step()
            if end - start >= most or end == len(self.text) or not self._fits(node, self.text[end]):
                break
            end += 1
        while not is_lazy and end >= start:
            self._step()
            yield end
            end -= 1

    def _repeat_group(
        self, nodes: Nodes, least: int, most: int, start: int, groups: Groups, is_lazy: bool
    ) -> Iterator[int]:
        if is_lazy and least <= 0:
            yield start
        if most > 0:
            for end in self._match(nodes, 0, start, groups):
                if end > start or least > 0:
                    yield from self._repeat_group(nodes, least - 1, most - 1, end, groups, is_lazy)
        if not is_lazy and least <= 0:
            yield start

    def _is_at(self, where: Any, position: int) -> bool:
        text = self.text
        before = text[position - 1 : position]
        if where is op.AT_BEGINNING_STRING or (where is op.AT_BEGINNING and not self._flags & _MULTILINE):
            return position == 0
        if where is op.AT_BEGINNING:
            return position == 0 or before == "\n"
        if where is op.AT_END_STRING:
            return position == len(text)
        if where is op.AT_END:
            last = text[position:] in ("", "\n")
            return last or (bool(self._flags & _MULTILINE) and text[position] == "\n")
        is_boundary = _is_word(before) != _is_word(text[position : position + 1])
        return is_boundary == (where is op.AT_BOUNDARY)


def fits(node: Node, character: str, flags: int) -> bool:
    """Whether a node of one character takes this one."""
    kind, what = node
    if flags & _IGNORECASE and character.swapcase() != character:
        plain = flags & ~_IGNORECASE
        return fits(node, character, plain) or fits(node, character.swapcase(), plain)
    if kind is op.ANY:
        return character != "\n" or bool(flags & _DOTALL)
    if kind is op.IN:
        items = [item for item in what if item[0] is not op.NEGATE]
        return any(_holds(item, character) for item in items) == bool(len(items) == len(what))
    return bool((ord(character) == what) == (kind is op.LITERAL))


def _holds(item: Node, character: str) -> bool:
    kind, what = item
    if kind is op.RANGE:
        return bool(what[0] <= ord(character) <= what[1])
    if kind is op.CATEGORY:
        is_in: Callable[[str], bool] = _CATEGORIES[what]
        return is_in(character)
    return bool((ord(character) == what) == (kind is op.LITERAL))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
