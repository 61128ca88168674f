"""What a message may say: the checks on the text and the id that a client gives it, and the ids of our own."""

import re
from collections.abc import Collection
from random import getrandbits
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from chatproject.errors import InvalidInput, TooLarge
from chatproject.text import has_something_visible, is_encodable
from messaging.wire.marks import ATTACHMENTS_MAX, MENTIONS_MAX

MESSAGE_MAX_CHARACTERS = 4_000  # code points
NOTHING_VISIBLE = _("A message needs something visible.")
OWN_CLIENT_IDS_BEGIN = "5e7e7a1c"  # those of the server's own messages, so that nobody can take one beforehand
_VERSION_BITS, _VERSION_4 = 0xF << 76 | 0x3 << 62, 0x4 << 76 | 0x2 << 62  # RFC 9562, section 5.4

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)


def check_message(text: str) -> None:
    """Raise InvalidInput or TooLarge where `text` cannot be a message."""
    if len(text) > MESSAGE_MAX_CHARACTERS:
        raise TooLarge(_("A message has at most 4,000 characters."))
    if "\0" in text:
        raise InvalidInput(_("A message cannot contain the NUL character."))
    if not (text.isascii() or is_encodable(text)):
        raise InvalidInput(_("A message cannot contain half a character (a lone surrogate)."))
    if not has_something_visible(text):
        raise InvalidInput(NOTHING_VISIBLE)


def check_mentions(member_ids: Collection[int]) -> None:
    """Raise InvalidInput where a message mentions more members than it may; each counts once."""
    if len(set(member_ids)) > MENTIONS_MAX:
        raise InvalidInput(_("A message mentions at most 50 members."))


def check_attachments(file_ids: Collection[int]) -> None:
    """Raise InvalidInput where a message cannot have these files."""
    if len(file_ids) > ATTACHMENTS_MAX:
        raise InvalidInput(_("A message has at most 10 files."))
    if len(set(file_ids)) < len(file_ids):
        raise InvalidInput(_("A message has each file once."))


def check_uuid(client_id: str) -> None:
    """Raise InvalidInput where `client_id` is not a UUID, with its four hyphens or without."""
    if not _UUID.fullmatch(client_id):
        raise InvalidInput(_("clientId must be a UUID."))


def check_client_id(client_id: str) -> None:
    """Raise InvalidInput where a member's message cannot have `client_id`: it is no UUID, or one of ours."""
    check_uuid(client_id)
    if client_id.lower().startswith(OWN_CLIENT_IDS_BEGIN):
        raise InvalidInput(_("This clientId is one of the server's own messages: make a new one."))


def new_own_client_id() -> str:
    """The stored form of a new id for a message of the server's own: the rest of it is random."""
    return OWN_CLIENT_IDS_BEGIN + uuid4().hex[len(OWN_CLIENT_IDS_BEGIN) :]


def own_client_id(seed: str) -> str:
    """The same made of `seed`, hexadecimal digits: what is said with it again was said already."""
    return OWN_CLIENT_IDS_BEGIN + seed[: 32 - len(OWN_CLIENT_IDS_BEGIN)]


def new_client_id() -> str:
    """The stored form of an id for a member's message that came without one. A random UUID, but no secret: `uuid4`
    asks the kernel each time, which lets another thread have the interpreter, and was a tenth of a message's cost.
    """
    return f"{getrandbits(128) & ~_VERSION_BITS | _VERSION_4:032x}"


def client_id_to_hex(client_id: str) -> str:
    """The stored form of a UUID that was checked: 32 lower-case hexadecimal digits."""
    return client_id.replace("-", "").lower()


def client_id_from_hex(stored: str) -> str:
    """The wire form of a stored client id: RFC 9562's, lower case with hyphens."""
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
