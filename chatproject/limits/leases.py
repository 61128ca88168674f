"""What a process knows of one bucket that all processes share, and what it may give out without asking. Pure.

* The first token taken after a pause goes **on credit**: it is given at once and told to Redis behind it, as
  spent. A bucket can so fall into debt, which is waited for. A process gives one on credit in LEASE_S, and none
  where it knows the bucket to be empty: in t seconds all give at most burst + rate * t + one for each process.
* What Redis answers brings a **lease**: a few tokens, for LEASE_S, never more than half of what is left. The last
  one taken asks for the next, behind it. A lease that is not used up is lost, and is back in the bucket after
  burst / LEASES / rate seconds: half a second with ten a second and bursts of thirty.
* Only who takes more than that, at once, waits for Redis; and of a bucket that is **empty** Redis is not asked
  before there can be a token.
* `own` is the bucket of this process alone. It gives where Redis does not, and has been taken from all along.

An exact bucket gives nothing on credit and has no leases. It is for what is rare.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from math import ceil

from chatproject.limits import script
from chatproject.limits.buckets import TokenBucket

LEASE_S = 2.0
LEASES = 6  # in a full bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`rate` tokens a second, up to `burst` at once."""

    rate: float
    burst: float
    is_exact: bool = False

    @property
    def spare(self) -> int:
        return 0 if self.is_exact else max(1, int(self.burst) // LEASES)


class Lease:
    """One bucket as this process knows it. `key` is its name in Redis."""

    __slots__ = ("_asked", "_empty_until", "_ends_at", "_lent", "_pace", "_spent", "key", "own", "waiting")

    def __init__(self, key: str, pace: Pace, *, now: float) -> None:
        self.key, self._pace = key, pace
        self.own = TokenBucket(rate=pace.rate, burst=pace.burst, now=now)
        self.waiting: deque[asyncio.Future[float | None]] = deque()
        self._asked: list[asyncio.Future[float | None]] = []  # those for whom Redis is being asked
        self._lent = self._spent = 0  # tokens to give out; given on credit and not told
        self._ends_at = 0.0  # of the lease, whether there is any left of it or not
        self._empty_until = 0.0

    def take(self, now: float) -> float | None:
        """0.0 where one is taken, the seconds until there is one, or None: Redis has to be asked."""
        if now < self._empty_until:
            return self._empty_until - now
        if now < self._ends_at:
            if not self._lent:
                return None
            self._lent -= 1
        elif self._pace.is_exact or self.waiting or self._asked:
            return None
        else:
            self._lent, self._ends_at = 0, now + LEASE_S
            self._spent += 1
        self.own.take(now)
        return 0.0

    def take_alone(self, now: float) -> float:
        """As `take`, of the process's own bucket. What is taken is told to Redis when it is back."""
        if wait_s := self.own.take(now):
            return wait_s
        if self._lent:
            self._lent -= 1
        else:
            self._spent += 1
        return 0.0

    @property
    def wants_more(self) -> bool:
        """Whether there is something to tell Redis, or nothing left of a lease."""
        return bool(self._spent) or not self._lent

    def is_idle(self, now: float) -> bool:
        """Whether forgetting it changes nothing."""
        is_known = now < max(self._empty_until, self._ends_at)
        return not (is_known or self.waiting or self._asked or self._spent) and self.own.is_full(now)

    # --- Redis is asked

    def arguments(self, now: float) -> tuple[float, ...]:
        """For the script. What waits from now on is of the next question.

        Of what was given while Redis was away, only what would be missing still counts as spent.
        """
        self._asked = [future for future in self.waiting if not future.done()]
        self.waiting.clear()
        spent, self._spent = min(self._spent, ceil(self.own.missing(now))), 0
        pace, wanted = self._pace, len(self._asked)
        return script.take(rate=pace.rate, burst=pace.burst, spent=spent, wanted=wanted, spare=pace.spare)

    def hear(self, answer: list[int], now: float) -> None:
        """Give out what Redis granted, in the order in which they came; the others are told when to come again.

        Where they no longer wait, it is for what was given meanwhile, or is lent.
        """
        grant = script.granted(answer)
        asked = [future for future in self._asked if not future.done()]
        self._asked = []
        for future in asked[: grant.given]:
            self.own.take(now)
            future.set_result(0.0)
        for future in asked[grant.given :]:
            future.set_result(grant.wait_s)
        left = grant.lent + max(0, grant.given - len(asked))
        paid = min(left, self._spent)
        self._spent -= paid
        self._lent, self._ends_at = left - paid, now + LEASE_S
        self._empty_until = now + grant.wait_s if grant.wait_s and not self._lent else 0.0

    def hear_nothing(self) -> None:
        """Redis does not answer now: nobody waits for it."""
        for future in (*self._asked, *self.waiting):
            if not future.done():
                future.set_result(None)
        self._asked = []
        self.waiting.clear()
