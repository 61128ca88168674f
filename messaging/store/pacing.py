"""Reactions that wait until their message may be told of again, so that a storm is told a few times a second.

The store decides (`acts.Later`), under the room's lock and so for all processes; here is only remembered, for this
process, when it is worth asking again. No I/O: timers are the caller's.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

# Who was told last comes so much later than the moment, who waits longer sooner: so every process gets its turn.
TURN_S = 0.04

Address = tuple[int, int]  # room, seq
T = TypeVar("T")


class Pace(Generic[T]):
    """What waits, by message. `release` is handed back what waited for one message, in its order."""

    def __init__(
        self,
        *,
        later: Callable[[float, Callable[[], None]], object],
        release: Callable[[Sequence[T]], None],
    ) -> None:
        self._later, self._release = later, release
        self._held: dict[Address, list[T]] = {}

    def begin(self, address: Address, waiting: Sequence[T] = (), *, wait_s: float, turns_lost: int = 0) -> None:
        """Hold these, and what `holds` is asked for, for about `wait_s`."""
        held = self._held.get(address)
        if held is None:
            held = self._held[address] = []
            self._later(wait_s + TURN_S / (1 + turns_lost), lambda: self._end(address))
        held.extend(waiting)

    def holds(self, address: Address, one: T) -> bool:
        """Whether it has to wait behind others, or for the moment; then it is held."""
        held = self._held.get(address)
        if held is None:
            return False
        held.append(one)
        return True

    def __iter__(self) -> Iterator[T]:
        for held in self._held.values():
            yield from held

    def __len__(self) -> int:
        return sum(map(len, self._held.values())) if self._held else 0

    def end_all(self) -> None:
        for address in list(self._held):
            self._end(address)

    def _end(self, address: Address) -> None:
        if held := self._held.pop(address, []):
            self._release(held)
