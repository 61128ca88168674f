"""Under which names files lie in the store. Pure."""

from typing import Literal

Size = Literal["", "320", "1280"]  # the longer side of the smaller WebP pictures; "" is what was sent, or its like
PICTURE_SIZES: tuple[Size, ...] = ("320", "1280")


def coming_name(key: str) -> str:
    """Where its upload goes: nobody gets anything from there."""
    return f"coming/{key}"


def kept_name(key: str, size: Size = "") -> str:
    """Where what members get lies."""
    return f"kept/{key[:2]}/{key}/{f'{size}.webp' if size else 'file'}"


def names_of(key: str) -> tuple[str, ...]:
    """All that may lie there of one file."""
    return coming_name(key), kept_name(key), *(kept_name(key, size) for size in PICTURE_SIZES)


def export_name(key: str) -> str:
    """Where what a member had packed lies."""
    return f"exports/{key}.zip"
