"""Whether other processes listen, and what was told while none seemed to. Pure; the clock is passed in."""

from collections import deque
from typing import Generic, TypeVar

COMPANY_S = 3.5  # who has heard nobody for so long is alone; the others beat every second
UNHEARD_MAX = 10_000

T = TypeVar("T")


class Company(Generic[T]):
    """A process that is alone need not publish: it keeps what it would have told for COMPANY_S.

    Whoever comes is heard before it looks at the database, so all that it cannot find there is told after that: it
    is among what `meet` returns, as long as hearing it takes less than COMPANY_S. (The sweep finds the rest.)
    """

    def __init__(self, now: float) -> None:
        self._until = now + COMPANY_S  # until the others have had their time to be heard
        self._unheard: deque[tuple[float, T]] = deque(maxlen=UNHEARD_MAX)

    def is_here(self, now: float) -> bool:
        return now <= self._until

    def keep(self, told: T, now: float) -> None:
        """Keep what there is nobody to hear."""
        self._unheard.append((now, told))
        self._forget(now)

    def meet(self, now: float) -> list[T]:
        """Another process was heard; returns what it may have missed."""
        self._until = now + COMPANY_S
        self._forget(now)
        missed = [told for _since, told in self._unheard]
        self._unheard.clear()
        return missed

    def _forget(self, now: float) -> None:
        while self._unheard and now - self._unheard[0][0] > COMPANY_S:
            self._unheard.popleft()
