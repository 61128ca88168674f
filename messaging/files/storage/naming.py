"""Under which names files lie in the store. Pure."""

from typing import Literal

Size = Literal["", "320", "1280"]  # the longer side of the smaller WebP pictures; "" is what was sent, or its like
COMING, KEPT, EXPORTS = "coming", "kept", "exports"  # folders
KEY_CHARACTERS = 32  # random hexadecimal digits
_HEXADECIMAL = frozenset("0123456789abcdef")
PICTURE_SIZES: tuple[Size, ...] = ("320", "1280")


def coming_name(key: str) -> str:
    """Where its upload goes: nobody gets anything from there."""
    return f"{COMING}/{key}"


def kept_name(key: str, size: Size = "") -> str:
    """Where what members get lies."""
    return f"{KEPT}/{key[:2]}/{key}/{f'{size}.webp' if size else 'file'}"


def names_of(key: str) -> tuple[str, ...]:
    """All that may lie there of one file."""
    return coming_name(key), kept_name(key), *(kept_name(key, size) for size in PICTURE_SIZES)


def export_name(key: str) -> str:
    """Where what a member had packed lies."""
    return f"{EXPORTS}/{key}.zip"


def key_of_file(name: str) -> str | None:
    """Of which file it is; None: that is no name of a file's."""
    parts = name.split("/")
    key = parts[2] if parts[0] == KEPT and len(parts) > 2 else parts[-1]
    return key if _is_key(key) and name in names_of(key) else None


def key_of_export(name: str) -> str | None:
    """Of which export it is; None: that is no name of an export's."""
    key = name.removeprefix(f"{EXPORTS}/").removesuffix(".zip")
    return key if _is_key(key) and name == export_name(key) else None


def _is_key(key: str) -> bool:
    return len(key) == KEY_CHARACTERS and _HEXADECIMAL.issuperset(key)
