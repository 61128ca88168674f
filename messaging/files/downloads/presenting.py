"""As what browsers are given a file: its type, its name, shown or saved. Pure.

Only pictures are shown, which were written anew by us; whatever else it is, it is saved and never opened in place.
"""

import unicodedata

from django.utils.http import content_disposition_header

from messaging.files.storage.naming import Size

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
ENDS: dict[str, tuple[str, ...]] = {  # that say what it is; the first is put behind a name that says otherwise
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "text/plain": (".txt", ".log", ".md"),
    "text/markdown": (".md", ".txt"),
}
REPLACED_ENDS = (".heic", ".heif")  # such pictures are kept as JPEG
TEXT = "text/plain; charset=utf-8"  # Markdown too: browsers show it as what it is
UNKNOWN = "application/octet-stream"


def is_picture(media_type: str) -> bool:
    """Whether there are smaller ones of it."""
    return media_type in SHOWN


def shown_type(media_type: str, size: Size = "") -> str:
    """The Content-Type."""
    if size:
        return "image/webp"
    if media_type.startswith("text/"):
        return TEXT
    return media_type if media_type in ENDS else UNKNOWN


def disposition(name: str, media_type: str, size: Size = "") -> str:
    """The Content-Disposition, by RFC 6266 and 8187: with its name in whatever script."""
    kind = "image/webp" if size else media_type
    header = content_disposition_header(as_attachment=kind not in SHOWN, filename=saved_name(name, kind))
    assert header is not None  # there is a name
    return header


def saved_name(name: str, media_type: str) -> str:
    """Without what would turn it round or end a line, and with an end that says what it is."""
    plain = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    plain = plain.replace("/", "_").replace("\\", "_").strip(" .") or "file"
    ends = ENDS.get(media_type, ())
    stem, dot, end = plain.rpartition(".")
    if not ends or f".{end.lower()}" in ends:
        return plain
    if media_type in SHOWN and dot and f".{end.lower()}" in (*REPLACED_ENDS, *_PICTURE_ENDS):
        plain = stem or "file"
    return plain + ends[0]


_PICTURE_ENDS = tuple(end for kind in SHOWN for end in ENDS[kind])
