"""Token buckets, which hold clients to so much a second. Pure; the clock is passed in."""

from collections.abc import Hashable


class TokenBucket:
    """`rate` tokens a second up to `burst`; a rate of 0 means no limit. Starts full."""

    __slots__ = ("_burst", "_rate", "_tokens", "_updated_at")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._updated_at = burst, now

    def take(self, now: float) -> float:
        """Take one token. Returns 0.0, or in how many seconds there is one."""
        if not self._rate:
            return 0.0
        self._tokens = min(self._burst, self._tokens + (now - self._updated_at) * self._rate)
        self._updated_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0

    def missing(self, now: float) -> float:
        """How many tokens it is short of being full."""
        return max(0.0, self._burst - self._tokens - (now - self._updated_at) * self._rate)

    def is_full(self, now: float) -> bool:
        return self.missing(now) == 0.0


class KeyedBuckets:
    """A bucket for each key, forgotten when it is full again."""

    SWEEP_AT = 10_000  # buckets; about 1.5 MB

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: dict[Hashable, TokenBucket] = {}
        self._sweep_at = self.SWEEP_AT

    def take(self, key: Hashable, now: float) -> float:
        """Take one token of `key`. Returns 0.0, or in how many seconds there is one."""
        if not self._rate:
            return 0.0
        bucket = self._buckets.get(key)
        if bucket is None:
            self._forget_full(now)
            bucket = self._buckets[key] = TokenBucket(rate=self._rate, burst=self._burst, now=now)
        return bucket.take(now)

    def forget(self, key: Hashable) -> None:
        """Begin anew with `key`: full."""
        self._buckets.pop(key, None)

    def _forget_full(self, now: float) -> None:
        if len(self._buckets) < self._sweep_at:
            return
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        self._sweep_at = max(self.SWEEP_AT, 2 * len(self._buckets))
