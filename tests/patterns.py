"""Every regular expression of the project, found in its source, and texts that are meant to keep each at work."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import permutations, product
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from django.conf import settings

from tests.backtracking import Node, Search, TooManySteps, fits

APPS = ("chatproject", "rooms", "messaging", "assistant")
ANCHORED = {"fullmatch", "match"}
# what fits into many character classes, or into few
CHARACTERS = ' \t\n\\"`@#_-.,:/0aZ가ㅋ́\u2028\0'
WORDS_MOST, WORDS_IN_FRONT, WORDS_TO_PAIR = 24, 12, 6  # of one pattern
REPEATS, TIMES_MORE = 8, 4
# Linear work grows as the text does; quadratic work, four times as long, sixteenfold
GROWTH_MOST = 7.0
STEPS_PER_CHARACTER = 2_000


@dataclass(frozen=True)
class Expression:
    """`is_anchored`: nothing in its module looks for it elsewhere than at the beginning of a text."""

    where: str
    pattern: re.Pattern[Any]
    is_anchored: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.pattern.pattern!r}"


@cache
def find_all() -> list[Expression]:
    root = Path(settings.BASE_DIR)
    files = (path for app in APPS for path in sorted((root / app).rglob("*.py")))
    return [found for path in files for found in find_in(path.read_text(), str(path.relative_to(root)))]


def users_of_regex() -> set[str]:
    """The modules that use the library `regex`, whose patterns cannot be read here."""
    root = Path(settings.BASE_DIR)
    files = (path for app in APPS for path in (root / app).rglob("*.py"))
    return {str(path.relative_to(root)) for path in files if "\nimport regex" in path.read_text()}


def find_in(source: str, where: str) -> Iterator[Expression]:
    """The patterns that are given to `re`, or to `Meta` of msgspec, in the source of a module."""
    tree = ast.parse(source)
    names = {
        id(node.value): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg == "pattern" and isinstance(keyword.value, ast.Constant):
                yield Expression(where, re.compile(keyword.value.value), is_anchored=False)
        match node.func:
            case ast.Attribute(value=ast.Name(id="re"), attr="escape"):
                continue
            case ast.Attribute(value=ast.Name(id="re"), attr=method):
                uses = {method} if method != "compile" else _uses(tree, names.get(id(node)))
                yield Expression(where, _pattern(node, where), is_anchored=bool(uses) and uses <= ANCHORED)


def _uses(tree: ast.Module, name: str | None) -> set[str]:
    """The methods that are called on the pattern of this name; empty where it leaves the module unseen."""
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    return {call.attr for call in calls if isinstance(call.value, ast.Name) and call.value.id == name}


def _pattern(call: ast.Call, where: str) -> re.Pattern[Any]:
    expression = ast.Expression(ast.Call(ast.parse("re.compile", mode="eval").body, _arguments(call), []))
    code = compile(ast.fix_missing_locations(expression), where, "eval")
    return eval(code, {}, _Names(where))  # type: ignore[no-any-return]


class _Names(dict[str, Any]):
    """What a module can name: patterns are put together from constants. What a function is given is a word."""

    def __init__(self, where: str) -> None:
        module = where.removesuffix(".py").replace("/", ".")
        super().__init__(vars(import_module(module)) if where.endswith(".py") else {}, re=re)

    def __missing__(self, _name: str) -> str:
        return "word"


def _arguments(call: ast.Call) -> list[ast.expr]:
    takes_text = isinstance(call.func, ast.Attribute) and call.func.attr != "compile"
    return call.args[:1] if takes_text else [*call.args, *(keyword.value for keyword in call.keywords)]


# --- texts that keep it at work -----------------------------------------------------------------


def words(pattern: re.Pattern[Any]) -> tuple[list[str], list[str]]:
    """Its literal texts, and one character of each kind that it tells apart."""
    nodes = list(_all_nodes(_parser.parse(pattern.pattern, pattern.flags)))
    single = [node for node in nodes if isinstance(node, tuple)]
    kinds: dict[tuple[bool, ...], str] = {}
    for character in [*CHARACTERS, *_ends_of_ranges(single)]:
        where = character == "\n", character.isalnum() or character == "_"  # lines and words begin and end there
        kinds.setdefault((*where, *(fits(node, character, pattern.flags) for node in single)), character)
    literals = {text for text in nodes if isinstance(text, str) and len(text) > 1}
    return sorted(literals, key=len, reverse=True), list(kinds.values())


def _all_nodes(parsed: Any) -> Iterator[Node | str]:
    literal = ""
    for kind, what in parsed:
        if kind is op.LITERAL:
            literal += chr(what)
        elif literal:
            yield literal
            literal = ""
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            yield kind, what
        for inner in _inner(what):
            yield from _all_nodes(inner)
    if literal:
        yield literal


def _inner(what: Any) -> Iterator[Any]:
    if isinstance(what, _parser.SubPattern):
        yield what
    elif isinstance(what, list | tuple):
        for part in what:
            yield from _inner(part)


def _ends_of_ranges(nodes: list[Node]) -> Iterator[str]:
    for kind, what in nodes:
        for item_kind, item in what if kind is op.IN else ((kind, what),):
            if item_kind is op.LITERAL:
                yield chr(item)
            elif item_kind is op.RANGE:
                yield chr(item[0])


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """What stands in front, what is repeated, what stands behind."""
    literals, kinds = words(pattern)
    every = [*literals, *kinds][:WORDS_MOST]
    some = [*literals[:2], *kinds[:WORDS_TO_PAIR]]
    behind = ["", every[0], every[-1]]
    yield from product(["", *every[:WORDS_IN_FRONT]], every, behind)
    yield from product(["", *some[:2]], ("".join(pair) for pair in permutations(some, 2)), behind)


def find_attack(expression: Expression) -> str | None:
    """A text on which the work grows faster than the text, if one of `attacks` does that; else None."""
    for front, repeated, behind in attacks(expression.pattern):
        repeats = max(REPEATS // 2, min(REPEATS, 5 * REPEATS // len(repeated)))  # long words make long texts
        short, long = (front + repeated * repeats * times + behind for times in (1, TIMES_MORE))
        try:
            grows = steps(expression, long) > GROWTH_MOST * steps(expression, short)
        except TooManySteps:
            grows = True
        if grows:
            return f"{front!r} + {repeated!r} * n + {behind!r}"
    return None


def steps(expression: Expression, text: str) -> int:
    search = Search(
        expression.pattern, steps_most=STEPS_PER_CHARACTER * (len(text) + 1), is_anchored=expression.is_anchored
    )
    search.spans(text)
    return search.steps
