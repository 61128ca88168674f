"""The bounds that the examining process puts on itself before it reads a byte. Linux and BSD."""

import os
import resource

NICENESS = 15  # chat first
MEMORY_BYTES = 1024 * 1024 * 1024  # 40 megapixels take up to 700 MiB, a WebP with its copies
CPU_S = 40
FILE_BYTES = 256 * 1024 * 1024  # of each that is written
OPEN_FILES = 32


def bound_this_process(*, reads_bytes: int) -> None:
    """Nothing raises them again. Some decoders hold the whole file: what it reads comes on top of the memory."""
    os.nice(NICENESS)
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
