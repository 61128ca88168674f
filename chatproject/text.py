"""What a text shows: checks that every text of a member's shares. Pure; no limits, no refusals."""

import unicodedata

# Letters by their category that show nothing: the Hangul fillers and the blank Braille pattern.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Spaces, line separators, controls, and formats: the zero-width characters are among these
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def has_something_visible(text: str) -> bool:
    return any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANKS
        for character in text
    )


def is_encodable(text: str) -> bool:
    """Whether `text` is whole characters: a lone surrogate is half of one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
