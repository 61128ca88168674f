"""JSON from clients, beyond what its parser checks: how deep it nests, repeated keys, integers. Pure.

All of it in linear time.
"""

import json
from typing import Any

from chatproject.errors import InvalidInput

NESTING_MAX = 32
EXACT_BELOW = float(2**53)  # from here on a float stands for several integers
_OTHER_BYTES = bytes(set(range(256)) - set(b"[]{}"))
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")


def refuse_deep_nesting(text: str) -> None:
    """Raise InvalidInput where `text` nests deeper than NESTING_MAX: how deep a parser can go differs by Python
    version. What is no JSON may pass or not, its parser refuses it anyway.

    Every step here is one walk over what is left of the text, and there are at most NESTING_MAX and some.
    """
    if text.count("[") + text.count("{") <= NESTING_MAX:  # else brackets, or a message with code in it
        return
    without_escapes = text.replace("\\\\", "").replace('\\"', "")
    outside_strings = "".join(without_escapes.split('"')[::2])
    brackets = outside_strings.encode(errors="replace").translate(_AS_SQUARE, _OTHER_BYTES)
    for _level in range(NESTING_MAX):
        outer = brackets.replace(b"[]", b"")
        if len(outer) == len(brackets):
            break
        brackets = outer
    if brackets:
        raise InvalidInput


def refuse_repeated_keys(text: str) -> None:
    """Raise InvalidInput where an object in `text` has a key twice: parsers disagree on which one counts."""
    json.loads(text, object_pairs_hook=_dict_of_unique_keys)


def _dict_of_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise InvalidInput
    return result


def with_integers(value: Any) -> Any:
    """`value`, of parsed JSON that nests no deeper than it may, with 1.0 as 1: to JSON Schema that is an integer,
    and some languages have no other numbers. What is no exact integer stays as it is."""
    match value:
        case float() if value.is_integer() and abs(value) < EXACT_BELOW:
            return int(value)
        case list():
            return [with_integers(item) for item in value]
        case dict():
            return {key: with_integers(item) for key, item in value.items()}
    return value
