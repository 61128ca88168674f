"""What members call their files, and how they describe what is in them: the checks on both texts. Pure."""

import unicodedata

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.text import composed, has_something_visible, is_encodable
from messaging.file_models import ALT_MAX_CHARACTERS, NAME_MAX_CHARACTERS

# what turns the letters behind it round: "photo\u202egnp.exe" is shown as photoexe.png. Marks of direction without
# reach (LRM, RLM, ALM) do no such thing, and names in Arabic or Hebrew have them
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SEPARATORS = frozenset("\u2028\u2029")


def clean_name(name: str) -> str:
    """The name as it is kept and shown: composed, without spaces around it. Raises InvalidInput."""
    if not is_encodable(name):
        raise InvalidInput(_("A file's name cannot contain half a character."))
    cleaned = composed(name).strip()
    if len(cleaned) > NAME_MAX_CHARACTERS:
        raise InvalidInput(_("A file's name has at most 255 characters."))
    if not has_something_visible(cleaned):
        raise InvalidInput(_("A file's name needs something visible."))
    if "/" in cleaned or "\\" in cleaned:
        raise InvalidInput(_("A file's name has no slashes."))
    if any(map(_is_trouble, cleaned)):
        raise InvalidInput(_("A file's name has no control characters."))
    return cleaned


def clean_alt(alt: str) -> str:
    """A description in one line, or none. Raises InvalidInput."""
    if not is_encodable(alt):
        raise InvalidInput(_("A description cannot contain half a character."))
    cleaned = " ".join(alt.split())
    if len(cleaned) > ALT_MAX_CHARACTERS:
        raise InvalidInput(_("A description has at most 300 characters."))
    if any(map(_is_trouble, cleaned)):
        raise InvalidInput(_("A description has no control characters."))
    return cleaned


def _is_trouble(character: str) -> bool:
    return character in TURNING or character in SEPARATORS or unicodedata.category(character) == "Cc"
