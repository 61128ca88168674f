"""JSON that nests too deep for some parser is refused; brackets inside of texts are only text."""

import json

import pytest

from chatproject.errors import InvalidInput
from chatproject.strict_json import NESTING_MAX, refuse_deep_nesting

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
