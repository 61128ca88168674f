"""The kinds of files that may be sent, by the end of their names. Pure: what a file really is, `examining` finds.

Neither SVG nor HTML is among them, nor anything that a browser or a desk would run.
"""

from dataclasses import dataclass

UNKNOWN = ("", "application/octet-stream")  # what browsers say of an end that the system does not know


@dataclass(frozen=True, slots=True)
class Kind:
    media_type: str
    is_picture: bool = False
    also: tuple[str, ...] = ()  # what else browsers call it


_JPEG = Kind("image/jpeg", is_picture=True, also=("image/jpg", "image/pjpeg"))
_HEIC = Kind("image/heic", is_picture=True, also=("image/heif", "image/heic-sequence", "image/heif-sequence"))
_TEXT = Kind("text/plain", also=("text/x-log",))
KINDS = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "jfif": _JPEG,
    "png": Kind("image/png", is_picture=True, also=("image/x-png",)),
    "webp": Kind("image/webp", is_picture=True),
    "gif": Kind("image/gif", is_picture=True),
    "heic": _HEIC,
    "heif": _HEIC,
    "pdf": Kind("application/pdf", also=("application/x-pdf",)),
    "zip": Kind("application/zip", also=("application/x-zip-compressed", "application/x-zip")),
    "txt": _TEXT,
    "log": _TEXT,
    "md": Kind("text/markdown", also=("text/x-markdown", "text/plain")),
}


def kind_of(name: str, declared: str) -> Kind | None:
    """The kind that name and declared type agree on; who declares nothing agrees. None: not to be sent."""
    stem, dot, end = name.rpartition(".")
    kind = KINDS.get(end.lower()) if stem and dot else None
    if kind is None:
        return None
    media_type = declared.partition(";")[0].strip().lower()
    return kind if media_type in (*UNKNOWN, kind.media_type, *kind.also) else None


def named_as(name: str, media_type: str, *, most_characters: int) -> str:
    """The name with the end of that kind, where it has another's: a picture may become one of another kind."""
    stem, _dot, end = name.rpartition(".")
    known = KINDS.get(end.lower())
    if known is not None and known.media_type == media_type:
        return name
    end = next(end for end, kind in KINDS.items() if kind.media_type == media_type)
    return f"{stem[: most_characters - len(end) - 1]}.{end}"
