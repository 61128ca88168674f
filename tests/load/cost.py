"""What a server process costs, as the kernel counts it: CPU time and resident memory."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pids: Sequence[int]) -> float:
    """User and system time of all threads of these processes, in steps of 10 ms."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S


def memory_kib(pids: Sequence[int]) -> int:
    """Resident memory of these processes."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@dataclass(frozen=True, slots=True)
class Spent:
    """`cpu_s` of the servers, `own_cpu_s` of the load generator, in `wall_s`."""

    cpu_s: float
    own_cpu_s: float
    wall_s: float


class Cost:
    """Counts from its making."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        return cpu_s(self._pids), time.process_time(), time.monotonic()

    def spent(self) -> Spent:
        return Spent(*(now - start for now, start in zip(self._now(), self._start, strict=True)))

    def memory_kib(self) -> int:
        return memory_kib(self._pids)
