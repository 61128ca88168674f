"""What the listeners of a room were told of a member's coming and going. Pure; the timer is passed in.

Whoever goes in and out in a circle moves the roster each time, but the others hear of it once in a while.
"""

from collections.abc import Callable
from dataclasses import dataclass

TOLD_AGAIN_AFTER_S = 3.0  # long enough to spare a room a circle, short enough for people


@dataclass(frozen=True, slots=True)
class Coming:
    """A member came in, having read up to `seq`, or went: None. `text` is the frame that says so."""

    room_id: int
    member_id: int
    roster_version: int
    text: bytes
    seq: int | None


@dataclass(slots=True)
class _Told:
    """What was told last of one member in one room, and what is to be told when the time is over."""

    last: Coming
    newest: Coming


class Comings:
    """Tells the first change of a member in a room at once, and what the last one was TOLD_AGAIN_AFTER_S later.

    Nothing is told where that is what was told last, but how far who is back has read. `tell` and `tell_read` hand
    a coming, or the mark of one, to those who listen by then; `later` calls a function after so many seconds.
    """

    def __init__(
        self,
        *,
        tell: Callable[[Coming], None],
        tell_read: Callable[[Coming], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._tell, self._tell_read, self._later = tell, tell_read, later
        self._told: dict[tuple[int, int], _Told] = {}

    def hear(self, coming: Coming) -> None:
        """An older change that comes late is not told."""
        key = coming.room_id, coming.member_id
        told = self._told.get(key)
        if told is None:
            self._told[key] = _Told(coming, coming)
            self._tell(coming)
            self._wait(key)
        elif coming.roster_version > told.newest.roster_version:
            told.newest = coming

    def _wait(self, key: tuple[int, int]) -> None:
        self._later(TOLD_AGAIN_AFTER_S, lambda: self._look_again(key))

    def _look_again(self, key: tuple[int, int]) -> None:
        told = self._told[key]
        last, newest = told.last, told.newest
        if newest.seq == last.seq:  # also None both times
            del self._told[key]
            return
        told.last = newest
        is_in_again = last.seq is not None and newest.seq is not None
        (self._tell_read if is_in_again else self._tell)(newest)
        self._wait(key)
