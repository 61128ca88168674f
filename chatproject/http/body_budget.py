"""How much of a process the bodies of its requests take, in all and for one household. No I/O, no await."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chatproject.errors import StoreUnavailable, TooManyRequests

BODIES_MAX_BYTES = 32 * 1024 * 1024
BODIES_MAX_BYTES_EACH = 2 * 1024 * 1024  # of one household: two of staff's largest forms
FREE_BYTES = 8 * 1024  # of each body: an honest one is smaller, and never refused for what others send
UNFINISHED_MAX_EACH = 64  # bodies of one household on their way: an honest one arrives in a moment
RETRY_AFTER_S = 1.0


class BodyBudget:
    """Of one process. Each body holds a share from its first byte until its request is answered."""

    def __init__(self) -> None:
        self._bytes: Counter[str] = Counter()
        self._unfinished: Counter[str] = Counter()
        self.held_bytes = 0

    @contextmanager
    def share(self, household: str) -> Iterator["Share"]:
        share = Share(self, household)
        try:
            yield share
        finally:
            share.hold(0, is_whole=True)

    def change(self, household: str, more_bytes: int, more_unfinished: int) -> None:
        """Raises, and changes nothing, where there is no room for more."""
        if more_unfinished > 0 and self._unfinished[household] >= UNFINISHED_MAX_EACH:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        if more_bytes > 0 and self._bytes[household] + more_bytes > BODIES_MAX_BYTES_EACH:
            raise TooManyRequests(retry_after=RETRY_AFTER_S)
        if more_bytes > 0 and self.held_bytes + more_bytes > BODIES_MAX_BYTES:
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        self.held_bytes += more_bytes
        for counter, more in ((self._bytes, more_bytes), (self._unfinished, more_unfinished)):
            counter[household] += more
            if not counter[household]:
                del counter[household]

    @property
    def is_idle(self) -> bool:
        return not (self._bytes or self._unfinished)


class Share:
    """What one body takes."""

    def __init__(self, budget: BodyBudget, household: str) -> None:
        self._budget, self._household = budget, household
        self._bytes, self._is_whole = 0, True

    def hold(self, size: int, *, is_whole: bool) -> None:
        """So many bytes have come, and these are all, or more will. Raises a ChatError where there is no room."""
        counted = max(0, size - FREE_BYTES)
        self._budget.change(self._household, counted - self._bytes, int(self._is_whole) - int(is_whole))
        self._bytes, self._is_whole = counted, is_whole
