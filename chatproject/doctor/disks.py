"""How much room is left on a disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from chatproject.doctor.findings import Finding, ok, warning

GIB = 1024**3
FEW_SHARE, FEW_BYTES = 0.10, GIB


def look_at_disk(folder: Path, whose: str) -> Iterator[Finding]:
    """Says so where that disk is nearly full; nothing where it cannot be seen from here."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return
    free = f"{usage.free / GIB:.1f} GiB"
    if usage.free < FEW_BYTES or usage.free < FEW_SHARE * usage.total:
        yield warning(f"{free} are free on the disk of {whose}", "make room: when it is full nothing is stored")
    else:
        yield ok(f"{free} free on the disk of {whose}")
