"""What bytes are, by how they begin. A name says nothing here."""

from pathlib import Path

import puremagic

from messaging.files.examining.texts import is_text
from messaging.files.examining.verdict import Refused

HEAD_BYTES = 4096
# what is sent as a picture may be any of these: cameras, editors and browsers name them wrongly every day
PICTURES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heic",
}
CLOSED = {".pdf": "application/pdf", ".zip": "application/zip"}  # never opened
TEXTS = {"text/plain", "text/markdown"}
HEIF_BRANDS = (b"mif1", b"msf1")  # puremagic knows only those of the codecs: what kind, others in the box say


def kind_found(path: Path, *, announced: str) -> str:
    """The media type of what is there. Raises Refused where it is not what was announced."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Refused("damaged")
    found = _kind_of(head)
    if announced in TEXTS:
        if found or not is_text(path):
            raise Refused("type")
        return announced
    is_picture = announced.startswith("image/") and found.startswith("image/")
    if not found or not (is_picture or found == announced):
        raise Refused("type")
    return found


def _kind_of(head: bytes) -> str:
    """ "" for none of the kinds that are taken."""
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        brands = head[16 : int.from_bytes(head[:4], "big")]
        return "image/heic" if b"heic" in brands or b"heix" in brands else ""
    known = PICTURES | CLOSED
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return ""
    for match in matches:
        is_whole = len(match.byte_match) >= 8 or match.extension != ".webp"  # "RIFF" alone may be a sound
        if match.extension in known and match.offset <= 8 and is_whole:
            return known[match.extension]
    return ""
