"""The bounds that the examining process puts on itself before it reads a byte. Linux and BSD."""

import os
import resource
from contextlib import suppress
from pathlib import Path

NICENESS = 15  # chat first
MEMORY_BYTES = 1024 * 1024 * 1024  # 40 megapixels take up to 700 MiB, a WebP with its copies
CPU_S = 40
FILE_BYTES = 256 * 1024 * 1024  # of each that is written
OPEN_FILES = 32


def bound_this_process(*, reads_bytes: int) -> None:
    """Nothing raises them again. Some decoders hold the whole file: what it reads comes on top of the memory."""
    _be_nice()
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES + 2 * reads_bytes),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _be_nice() -> None:
    """As a session too: Linux shares a core between sessions first, and heeds niceness within each (sched(7),
    autogroup). A server that wakes up would wait for the end of a slice, 4 ms, each time.
    """
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():  # else it is somebody else's as well
        with suppress(OSError):  # there are none
            Path("/proc/self/autogroup").write_text(str(NICENESS))
