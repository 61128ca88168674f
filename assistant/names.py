"""What a room may call its assistant: neither like a member, nor like who speaks for the place."""

import re
import unicodedata

from django.conf import settings
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.text import composed, has_something_visible, name_key
from rooms.models import Member

NAME_LENGTHS = range(2, 21)  # characters, after trimming

# As words of their own, with what Korean puts around titles ("관리자님", "부방장"). All are `name_key`s.
RESERVED_WORDS = (
    *("방장", "매니저", "스태프", "스탭", "어드민", "운영", "공지", "공지사항", "시스템", "고객센터", "고객지원"),
    *("관리", "관리인", "대표", "호스트", "지엠"),
    *("admin", "mod", "manager", "owner", "operator", "staff", "system", "sysop", "root", "webmaster"),
    *("host", "gm"),
    *("notice", "announcement", "official", "support"),
)
# Wherever they stand: nothing else has them in it, as "badminton" has "admin" and "주방장" (a chef) has "방장".
RESERVED_PARTS = ("관리자", "운영자", "운영진", "운영팀", "모더레이터", "administrator", "moderator")

# Letters of other alphabets that are drawn like Latin ones, small or capital, in small
_DOUBLES = str.maketrans(
    "авекмнорстухіјѕԁһԛԝαβεζηικμνορτυχօոսց",  # Cyrillic, Greek, Armenian
    "abekmhopctyxijsdhqwabezhikmvoptyxonug",
)
_STAND_FOR = str.maketrans("01345i", "oleasl")  # "adm1n", and "ADMlN" with a small L

_RESERVED = re.compile(
    rf"(?:부|총|슈퍼|super|site|chat)?(?:{'|'.join(RESERVED_WORDS)})s?(?:님|씨|봇|bot)?".translate(_STAND_FOR)
)
_RESERVED_PARTS = tuple(part.translate(_STAND_FOR) for part in RESERVED_PARTS)
_NOT_IN_A_NAME = re.compile(r"[\[\](){}<>❲❳‹›@#>]")  # what a mention or a line of a transcript is made of


def clean_name(name: str, *, present: str = "") -> str:
    """`name` trimmed; "" where it is empty or the usual one. Raises InvalidInput. Reads the database.

    What the assistant is called at `present` it may be called on, although a member has come who is called so.
    """
    name = name.strip()
    if name in ("", settings.ASSISTANT_NAME):
        return ""
    if len(name) not in NAME_LENGTHS or not name.isprintable() or not has_something_visible(name):
        raise InvalidInput(_("The assistant's name needs 2 to 20 visible characters on one line."))
    if _NOT_IN_A_NAME.search(name):
        raise InvalidInput(_("The assistant's name can contain neither brackets nor @ and #."))
    if name != present and is_reserved(name):
        raise InvalidInput(_("The assistant cannot be called like somebody who speaks for this place."))
    if name != present and _is_a_members(name):
        raise InvalidInput(_("The assistant cannot be called like a member."))
    return name


def is_reserved(name: str) -> bool:
    """Whether people would take the bearer of this name for staff, a moderator or the site itself."""
    whole = _as_drawn(name)
    if any(part in whole for part in _RESERVED_PARTS):
        return True
    return any(_RESERVED.fullmatch(word) for word in (whole, *map(_as_drawn, re.split(r"[\W_]+", name))))


def _as_drawn(name: str) -> str:
    """`name_key` without accents and a number at the end, what looks or is meant alike as one letter."""
    letters = unicodedata.normalize("NFKD", composed(name))
    key = name_key("".join(letter for letter in letters if not unicodedata.combining(letter)))
    return key.rstrip("0123456789").translate(_DOUBLES).translate(_STAND_FOR)


def _is_a_members(name: str) -> bool:
    """Whether any member of the site has it; letter case, spaces and ways to write Hangul do not matter, nor what
    is put around or into it, its width, or letters of another alphabet."""
    written = {name, *(unicodedata.normalize(form, composed(name)) for form in ("NFC", "NFD"))}
    bare = {name_key(name), name_key(name).translate(_DOUBLES)}
    spaceless = Lower(Replace(F("nickname"), Value(" "), Value("")))
    alike = Member.objects.alias(spaceless=spaceless)
    return alike.filter(
        Q(nickname__in=written) | Q(spaceless__in={"".join(form.lower().split()) for form in written} | bare)
    ).exists()
