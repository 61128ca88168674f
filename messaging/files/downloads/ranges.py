"""Which part of a file is asked for: RFC 9110's Range, of one part. Pure."""

from typing import NamedTuple

DIGITS_MOST = 18


class Part(NamedTuple):
    """From byte `begin` up to `end`, itself excluded."""

    begin: int
    end: int


class NoSuchPart(Exception):
    """The file ends before it."""


def part_of(asked: str, size: int) -> Part | None:
    """None where all is asked for: by nothing, by what is no range, by several parts. Raises NoSuchPart."""
    unit, _equals, wanted = asked.partition("=")
    first, dash, last = wanted.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or not (_is_number(first) or not first):
        return None
    if not (_is_number(last) or (not last and first)):
        return None
    if not first:  # the last so many
        part = Part(max(0, size - int(last)), size)
    else:
        part = Part(int(first), min(size, int(last) + 1) if last else size)
        if last and int(last) < int(first):
            return None
    if part.begin >= part.end:
        raise NoSuchPart
    return part


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST
