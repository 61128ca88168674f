"""What a message may say: the checks on the text and the id that a client gives it. Pure; nothing is changed."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from chatproject.errors import InvalidInput, TooLarge

MESSAGE_MAX_CHARACTERS = 4_000  # code points

# Letters by their category that show nothing: the Hangul fillers and the blank Braille pattern.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)


def check_message(text: str) -> None:
    """Raise InvalidInput or TooLarge where `text` cannot be a message."""
    if len(text) > MESSAGE_MAX_CHARACTERS:
        raise TooLarge(_("A message has at most 4,000 characters."))
    if "\0" in text:
        raise InvalidInput(_("A message cannot contain the NUL character."))
    if not is_encodable(text):
        raise InvalidInput(_("A message cannot contain half a character (a lone surrogate)."))
    if not any(map(_is_visible, text)):
        raise InvalidInput(_("A message needs something visible."))


def is_encodable(text: str) -> bool:
    """Whether `text` is whole characters: a lone surrogate is half of one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANKS


def check_client_id(client_id: str) -> None:
    """Raise InvalidInput where `client_id` is not a UUID, with its four hyphens or without."""
    if not _UUID.fullmatch(client_id):
        raise InvalidInput(_("clientId must be a UUID."))


def client_id_to_hex(client_id: str) -> str:
    """The stored form of a UUID that was checked: 32 lower-case hexadecimal digits."""
    return client_id.replace("-", "").lower()


def client_id_from_hex(stored: str) -> str:
    """The wire form of a stored client id: RFC 9562's, lower case with hyphens."""
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
