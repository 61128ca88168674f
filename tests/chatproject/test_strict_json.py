"""JSON that parsers disagree on is refused: too deep, a key twice, integers that are none. Texts are only text."""

import json
import math
from typing import Any

import pytest

from chatproject.errors import InvalidInput
from chatproject.strict_json import NESTING_MAX, refuse_deep_nesting, refuse_repeated_keys, with_integers

DEEPEST = "[" * NESTING_MAX + "]" * NESTING_MAX


@pytest.mark.parametrize(
    "text",
    [
        DEEPEST,
        '{"a":' * 31 + "[]" + "}" * 31,
        f"[{', '.join([DEEPEST[1:-1]] * 50)}]",
        json.dumps(["[" * 100, '"' + "[{" * 100, "\\", '\\"' * 3 + "[" * 100]),
        json.dumps({"[" * 50: "]" * 50, '\\\\"[': "[" * 50}),
        "[" * 20 + '"' + '\\"' * 1_000 + "[" * 100 + '"' + "]" * 20,
    ],
)
def test_what_nests_no_deeper_than_it_may_is_taken(text: str) -> None:
    json.loads(text)
    refuse_deep_nesting(text)


@pytest.mark.parametrize(
    "text",
    [
        f"[{DEEPEST}]",
        f'{{"a": {DEEPEST}}}',
        f'["[[", {DEEPEST}]',
        f'["\\\\", {DEEPEST}]',
        f'["\\"", {DEEPEST}]',
        "[{" * 17,
        "[" * 33 + '"' + '\\"' * 1_000,
    ],
)
def test_what_nests_deeper_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        refuse_deep_nesting(text)


@pytest.mark.parametrize("text", ['{"a":1,"a":1}', '[{"b":{"a":1,"a":2}}]', '{"a":1,"\\u0061":1}', '{"":1,"":1}'])
def test_a_key_that_comes_twice_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        refuse_repeated_keys(text)


@pytest.mark.parametrize(
    "text", ['{"a":{"a":{"a":1}},"A":1}', '[{"a":1},{"a":1}]', '{"a":"\\"a\\":1,\\"a\\":1"}', "1"]
)
def test_a_key_of_another_object_is_another_key(text: str) -> None:
    refuse_repeated_keys(text)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1.0, 1),
        (-0.0, 0),
        (2.0**53 - 1, 2**53 - 1),
        (2.0**53, 2.0**53),
        (1.5, 1.5),
        (math.inf, math.inf),
        (True, True),
        ("1.0", "1.0"),
        ([1.0, {"a": [2.0, None]}], [1, {"a": [2, None]}]),
    ],
)
def test_a_float_that_is_an_exact_integer_is_one(value: Any, read: Any) -> None:
    assert repr(with_integers(value)) == repr(read)
