"""What the listeners of a room were told of a member's coming and going. Pure; the timer is passed in.

Whoever goes in and out in a circle moves the roster each time, but the others hear of it once in a while.
"""

from collections.abc import Callable
from dataclasses import dataclass

TOLD_AGAIN_AFTER_S = 3.0  # long enough to spare a room a circle, short enough for people


@dataclass(slots=True)
class _Told:
    """What was told last of one member in one room, and what is to be told when the time is over."""

    last: bytes
    newest: bytes
    roster_version: int


class Comings:
    """Tells the first change of a member in a room at once, and what the last one was TOLD_AGAIN_AFTER_S later.

    Nothing is told where that is what was told last. `tell` hands a frame to whoever listens to the room by then;
    `later` calls a function after so many seconds.
    """

    def __init__(
        self, *, tell: Callable[[int, bytes], None], later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self._tell, self._later = tell, later
        self._told: dict[tuple[int, int], _Told] = {}

    def hear(self, room_id: int, member_id: int, *, roster_version: int, text: bytes) -> None:
        """The member came or went, as `text` says. An older change that comes late is not told."""
        told = self._told.get((room_id, member_id))
        if told is None:
            self._told[room_id, member_id] = _Told(text, text, roster_version)
            self._say(room_id, member_id, text)
        elif roster_version > told.roster_version:
            told.newest, told.roster_version = text, roster_version

    def _say(self, room_id: int, member_id: int, text: bytes) -> None:
        self._tell(room_id, text)
        self._later(TOLD_AGAIN_AFTER_S, lambda: self._look_again(room_id, member_id))

    def _look_again(self, room_id: int, member_id: int) -> None:
        told = self._told[room_id, member_id]
        if told.newest == told.last:
            del self._told[room_id, member_id]
        else:
            told.last = told.newest
            self._say(room_id, member_id, told.newest)
