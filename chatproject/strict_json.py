"""What JSON from clients must keep to beyond what its parser checks: how deep it nests. Pure, in linear time."""

from chatproject.errors import InvalidInput

NESTING_MAX = 32
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
