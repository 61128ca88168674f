"""How often something happened in the last seconds or minutes, over all processes where there is a Redis."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from chatproject.limits import script
from chatproject.limits.shards import Shard

MOST = 32  # things of one key that are remembered: nobody asks whether it was more
DIGEST_BYTES = 16


class SharedCounter:
    """Counts what happens, by keys of any text. Redis is told their digests only.

    Never waits: what happened at other processes is known a moment after this process counted the key for the
    first time, so the first count of a key here may be too low, and the next one is not. While Redis is away, and
    for a key that was crowded out by KEYS_MOST newer ones, only what is known counts.
    """

    KEYS_MOST = 20_000  # about 8 MB

    def __init__(self, name_of: Callable[[str], str], shard_of: Callable[[str], Shard | None]) -> None:
        self._name_of, self._shard_of = name_of, shard_of
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def count(self, key: str, window_s: float) -> int:
        """Count one more of `key` and return how many there were in the last `window_s`, this one included.

        At most MOST. A key has the same window each time. To be called on the process's loop.
        """
        now = asyncio.get_running_loop().time()
        name = self._name_of(blake2b(key.encode(), digest_size=DIGEST_BYTES).hexdigest())
        counted = self._counts.get(name)
        if counted is None:
            if len(self._counts) >= self.KEYS_MOST:
                self._counts.popitem(last=False)
            counted = self._counts[name] = _Count(name, window_s)
        else:
            self._counts.move_to_end(name)
        counted.add(now)
        if (shard := self._shard_of(name)) is not None:
            shard.ask(counted, urgent=False)
        return len(counted.times)


class _Count:
    """When one thing happened, as far as this process knows. A question of a Shard."""

    __slots__ = ("_untold", "_window_s", "key", "times")

    def __init__(self, key: str, window_s: float) -> None:
        self.key, self._window_s = key, window_s
        self.times: list[float] = []  # of the loop, the oldest first
        self._untold = 0  # the newest so many

    def add(self, now: float) -> None:
        self._untold = min(self._untold + 1, MOST)
        self._remember([*self.times, now], now)

    def _remember(self, times: list[float], now: float) -> None:
        self.times = [time for time in times if now - time < self._window_s][-MOST:]

    def arguments(self, now: float) -> tuple[float, ...]:
        more, self._untold = self._untold, 0
        return script.count(window_s=self._window_s, most=MOST, more=more)

    def hear(self, answer: list[int], now: float) -> None:
        untold = self.times[-self._untold :] if self._untold else []
        self._remember([*(now - age for age in script.ages_s(answer)), *untold], now)

    def hear_nothing(self) -> None:
        """What was not told goes with the next."""
