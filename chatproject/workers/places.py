"""Which worker is which. Numbers, not process ids: a worker that is replaced leaves its number to the next."""

import secrets
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

WORKERS_MAX = 64  # that are looked for; nobody starts so many on one machine


class Place(NamedTuple):
    """`house` is what the workers of one supervisor have in common, and others cannot guess."""

    house: str
    number: int

    def address(self, number: int) -> str:
        """Where that worker answers, to this machine alone: a Unix socket, on Linux without a file."""
        name = f"chat-{self.house}-{number}"
        return f"\0{name}" if sys.platform == "linux" else str(Path(tempfile.gettempdir()) / name)


def new_house() -> str:
    return secrets.token_hex(8)


def free_number(taken: Collection[int]) -> int:
    """The lowest that is not taken."""
    return next(number for number in range(len(taken) + 1) if number not in taken)
