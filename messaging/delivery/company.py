"""Which other processes there are, who wants what, and what is kept for the rest. Pure; the clock is passed in.

Why a subscription need not wait for an answer: it says where it listens now, and looks at the database. What was
committed before that look is found there. All else is told after it, to those who are known to listen then. Where
the word is heard later than that, what was told meanwhile is kept still, as long as a word takes less than
COMPANY_S: it is among what `hear` returns. So it is with a process that starts. (The sweep finds the rest.)
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from messaging.delivery.streets import KnownStreets, Word

COMPANY_S = 3.5  # who was not heard for so long is gone; everybody beats every second
KEPT_MAX = 10_000
REMEMBERED_S = 60.0  # who is silent for so long, gone or not, is new when heard again

T = TypeVar("T")


class _Other:
    """Another process."""

    __slots__ = ("has_inbox", "heard_at", "streets")

    def __init__(self, now: float) -> None:
        self.heard_at = now
        self.streets = KnownStreets()
        self.has_inbox = False  # nobody has who never says a word


class _Kept(msgspec.Struct, Generic[T]):
    """What was told, and whom. Of no street is what is for everybody."""

    told: T
    street: int | None
    since: float
    who: tuple[str, ...]


class Company(Generic[T]):
    """The others, as far as they were heard."""

    def __init__(self) -> None:
        self._others: dict[str, _Other] = {}
        self._kept: deque[_Kept[T]] = deque()
        self._kept_in: defaultdict[int | None, deque[_Kept[T]]] = defaultdict(deque)

    def here(self, now: float) -> dict[str, bool]:
        """Who is here, and whether it has an inbox."""
        return {
            process: other.has_inbox
            for process, other in self._others.items()
            if now - other.heard_at <= COMPANY_S
        }

    def silences(self, now: float) -> dict[str, float]:
        """How many seconds ago each was heard that is remembered, gone or not."""
        return {
            process: now - other.heard_at
            for process, other in self._others.items()
            if now - other.heard_at <= REMEMBERED_S
        }

    def has_met(self, process: str) -> bool:
        """Whether it has said a word. Then it has an inbox."""
        return process in self._others and self._others[process].has_inbox

    def tell(self, told: T, street: int | None, now: float) -> tuple[str, ...]:
        """Whom to tell what happened in the street, or in none; it is kept for the others."""
        who = self._listeners(street, now) if self._others else ()
        kept = _Kept(told, street, now, who)
        self._kept.append(kept)
        self._kept_in[street].append(kept)
        if now - self._kept[0].since > 2 * COMPANY_S or len(self._kept) > KEPT_MAX:  # many at a time
            self._forget_kept(now)
        return who

    def _listeners(self, street: int | None, now: float) -> tuple[str, ...]:
        return tuple(
            process
            for process, other in self._others.items()
            if now - other.heard_at <= COMPANY_S and (street is None or other.streets.include(street))
        )

    def hear(self, process: str, word: Word | None, now: float) -> list[T]:
        """Another process was heard, with a word about its streets or without; returns what it has to be told."""
        other = self._others.get(process)
        is_back = other is None or now - other.heard_at > COMPANY_S
        if other is None:
            self._forget_silent(now)
            other = self._others[process] = _Other(now)
        other.heard_at = now
        other.has_inbox |= word is not None
        come = other.streets.heed(word) if word is not None else ()
        self._forget_kept(now)
        if is_back or come is None:
            kept: Iterable[_Kept[T]] = self._kept
        else:
            kept = [one for street in come for one in self._kept_in.get(street, ())]
        return self._missed(process, other, kept)

    def _missed(self, process: str, other: _Other, kept: Iterable[_Kept[T]]) -> list[T]:
        missed = []
        for one in kept:
            if process not in one.who and (one.street is None or other.streets.include(one.street)):
                one.who += (process,)
                missed.append(one.told)
        return missed

    def _forget_silent(self, now: float) -> None:
        gone = [process for process, other in self._others.items() if now - other.heard_at > REMEMBERED_S]
        for process in gone:
            del self._others[process]

    def _forget_kept(self, now: float) -> None:
        while self._kept and (now - self._kept[0].since > COMPANY_S or len(self._kept) > KEPT_MAX):
            kept = self._kept.popleft()
            in_street = self._kept_in[kept.street]
            in_street.popleft()
            if not in_street:
                del self._kept_in[kept.street]
