"""What a text shows: checks that every text of a member's shares. Pure; no limits, no refusals."""

import unicodedata
from collections.abc import Iterator

# Letters and marks by their category that show nothing by themselves: the Hangul fillers, the blank Braille
# pattern, and what else Unicode wants ignored (Default_Ignorable_Code_Point), such as the marks of variants.
_BLANK_RANGES = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0").union(
    *(map(chr, range(first, last + 1)) for first, last in _BLANK_RANGES)
)
# Spaces, line separators, controls, and formats: the zero-width characters are among these
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
# Of the marks on one letter. As many as UAX #15 takes for enough in any script (its Stream-Safe Text Format);
# unicodedata sorts them in quadratic time, and 4,000 take 40 ms
_MARKS_MOST = 30


def has_something_visible(text: str) -> bool:
    first = text[:1]
    if first > " " and first.isprintable() and first not in _BLANKS:  # as nearly always
        return True
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


def composed(text: str) -> str:
    """`text` in Unicode's form NFC, to compare it by, in linear time: without the marks that are too many on a
    letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", "".join(_with_bearable_marks(text)))


def name_key(name: str) -> str:
    """What names that people take for the same have in common: no case, width, spaces or punctuation."""
    folded = unicodedata.normalize("NFKC", composed(name)).casefold()
    return "".join(character for character in folded if character.isalnum()) or "".join(folded.split())


def _with_bearable_marks(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_MOST:
            yield character
