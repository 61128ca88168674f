"""Nicknames and other lines as people see them: mended, never refused, cut between what they take for characters.

Pure.
"""

import unicodedata

import regex  # in place of `re`: it knows grapheme clusters, and emoji newer than Python's tables

from chatproject.text import composed

NICKNAME_MAX_CHARACTERS = 20  # as people count
NICKNAME_MAX_CODE_POINTS = 255  # twenty families of emoji have 140

# What is written with more than one character, and belongs together although some of it shows nothing by itself:
# emoji with their colours and joiners, flags, keycaps, variants of Chinese characters, and letters between which a
# (non-)joiner decides the shape (RFC 5892, A.1 and A.2).
_BELONGS_TOGETHER = r"""
    \p{Extended_Pictographic}[\ufe0e\ufe0f\p{Emoji_Modifier}]*
        (?:\u200d\p{Extended_Pictographic}[\ufe0e\ufe0f\p{Emoji_Modifier}]*)*
        (?:[\U000e0020-\U000e007e]+\U000e007f)?
  | [0-9\#*]\ufe0f?\u20e3
  | \p{Han}[\ufe00-\ufe0f\U000e0100-\U000e01ef]
  | (?!\u2800)\p{S}[\ufe0e\ufe0f]
  | \p{Canonical_Combining_Class=9}[\u200c\u200d](?=\p{L})
  | (?<=[\p{Joining_Type=D}\p{Joining_Type=L}]\p{Mn}*)\u200c(?=\p{Mn}*[\p{Joining_Type=D}\p{Joining_Type=R}])
"""
# Blank though letters by category: the Hangul fillers and the empty Braille pattern
_BLANK = r"[\p{Z}\p{Cc}\u3164\uffa0\u2800]"
_UNSEEN = r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\ufffc\ufffd]"
_PIECES = regex.compile(f"({_BELONGS_TOGETHER}|{_BLANK})|{_UNSEEN}", regex.VERBOSE)
_BLANKS = regex.compile(f"{_BLANK}+")
_CHARACTER = regex.compile(r"\X")


def mend_nickname(raw: str) -> str:
    """`raw` as it can be shown in a line, in NFC and not too long; "" where nothing is left."""
    return cut_nickname(composed(_drop_unseen(raw)), code_points=NICKNAME_MAX_CODE_POINTS)


def cut_nickname(nickname: str, *, code_points: int) -> str:
    """The beginning that fits: whole characters, unless the first alone is longer than `code_points`."""
    kept = ""
    for character in _CHARACTER.findall(nickname)[:NICKNAME_MAX_CHARACTERS]:
        if len(kept) + len(character) > code_points:
            break
        kept += character
    return (kept or _drop_unseen(nickname[:code_points])).strip()


def mend_line(raw: str, *, characters: int) -> str:
    """`raw`, which is short, mended in the same way; an ellipsis stands where it was cut to so many characters."""
    line = composed(_drop_unseen(raw))
    whole = _CHARACTER.findall(line)
    return line if len(whole) <= characters else "".join(whole[: characters - 1]).rstrip() + "…"


def same_names(name: str) -> list[str]:
    """How a name may be stored that looks like this one: as given, composed, decomposed."""
    whole = composed(name)
    return list(dict.fromkeys([name, whole, unicodedata.normalize("NFD", whole)]))


def _drop_unseen(text: str) -> str:
    """Without what shows nothing, runs of blanks as one space, none around it."""
    seen = _PIECES.sub(lambda piece: piece[1] or "", text)
    return _BLANKS.sub(" ", seen).strip()
