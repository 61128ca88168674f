"""What rooms and members may be called. Pure: whether a name is taken is the database's to say."""

import unicodedata
from collections.abc import Iterator
from itertools import count

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.nicknames import cut_nickname
from chatproject.text import composed, has_something_visible
from rooms.models import (
    DESCRIPTION_MAX_CHARACTERS,
    NAMELESS,
    NICKNAME_MAX_CODE_POINTS,
    ROOM_NAME_LENGTHS,
)

# Categories of what breaks a line of text, changes the direction of others, or is no character at all: controls,
# formats, half characters, line separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # formats too, but families of emoji and some scripts are written with them
_REPLACEMENT = "\ufffd"  # left where a text was decoded wrongly


def clean_room_name(raw: str) -> str:
    """`raw` in NFC, with plain spaces and none around it, or InvalidInput."""
    name = "".join(" " if unicodedata.category(one) == "Zs" else one for one in composed(raw.strip()))
    if len(name) not in ROOM_NAME_LENGTHS:
        raise InvalidInput(
            _("A room name has %(shortest)d to %(longest)d characters.")
            % {"shortest": ROOM_NAME_LENGTHS.start, "longest": ROOM_NAME_LENGTHS.stop - 1}
        )
    if _REPLACEMENT in name or _REFUSED_CATEGORIES & {unicodedata.category(one) for one in set(name) - _JOINERS}:
        raise InvalidInput(_("A room name cannot contain control characters."))
    if not has_something_visible(name):
        raise InvalidInput(_("A room name needs something visible."))
    return name


def clean_description(raw: str) -> str:
    """`raw` in NFC, its lines without spaces around them, or InvalidInput. Empty is none."""
    description = composed("\n".join(line.strip() for line in raw.strip().splitlines()))
    if len(description) > DESCRIPTION_MAX_CHARACTERS:
        raise InvalidInput(
            _("A description has at most %(longest)d characters.") % {"longest": DESCRIPTION_MAX_CHARACTERS}
        )
    categories = {unicodedata.category(one) for one in set(description) - _JOINERS - {"\n"}}
    if _REPLACEMENT in description or _REFUSED_CATEGORIES & categories:
        raise InvalidInput(_("A description cannot contain control characters."))
    return description


def nicknames_for(nickname: str, *, member_id: int) -> Iterator[str]:
    """ "Alice", "Alice#7", "Alice#7#2" …, each within its column; where nothing can be shown, "회원#7" and on."""
    if nickname:
        yield cut_nickname(nickname, code_points=NICKNAME_MAX_CODE_POINTS)
    yield from numbered_nicknames(nickname, member_id=member_id)


def numbered_nicknames(nickname: str, *, member_id: int) -> Iterator[str]:
    """ "Alice#7", "Alice#7#2" …: the rest of them."""
    for number in count(1):
        tail = f"#{member_id}" + (f"#{number}" if number > 1 else "")
        yield cut_nickname(nickname or NAMELESS, code_points=NICKNAME_MAX_CODE_POINTS - len(tail)) + tail


def make_pair_key(one_member_id: int, other_member_id: int) -> str:
    """The same for both, whoever asks: "3:7", the lower id first."""
    return ":".join(map(str, sorted((one_member_id, other_member_id))))
