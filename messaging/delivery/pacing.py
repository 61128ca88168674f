"""What a room is told of many members' marks at one time: at once while it is quiet, else together. Pure.

Three hundred who read one message are three hundred marks, and everybody of them would get three hundred writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TOLD_AGAIN_AFTER_S = 0.5

Marks = Mapping[int, int]  # seq by member


@dataclass(slots=True)
class _Waiting:
    here: dict[int, int] = field(default_factory=dict)
    elsewhere: dict[int, int] = field(default_factory=dict)


class PacedMarks:
    """Tells a room's first mark at once, and what came meanwhile TOLD_AGAIN_AFTER_S later: each member's newest.

    `tell` hands marks to whoever listens here, `publish` to the other processes those that are not from there;
    `later` calls a function after so many seconds.
    """

    def __init__(
        self,
        *,
        tell: Callable[[int, Marks], None],
        publish: Callable[[int, Marks], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._tell, self._publish, self._later = tell, publish, later
        self._rooms: dict[int, _Waiting] = {}  # those told of within the last TOLD_AGAIN_AFTER_S

    def hear(self, room_id: int, marks: Marks, *, is_ours: bool) -> None:
        """These members have read so far; `is_ours`: no other process tells of it."""
        waiting = self._rooms.get(room_id)
        if is_quiet := waiting is None:
            waiting = self._rooms[room_id] = _Waiting()
        _raise(waiting.here, marks)
        if is_ours:
            _raise(waiting.elsewhere, marks)
        if is_quiet:
            self._say(room_id)

    def say_all(self) -> None:
        """Tell what waits, without waiting for its time."""
        for room_id, waiting in list(self._rooms.items()):
            if waiting.here:
                self._say(room_id)

    def _say(self, room_id: int) -> None:
        waiting, self._rooms[room_id] = self._rooms[room_id], _Waiting()
        self._tell(room_id, waiting.here)
        if waiting.elsewhere:
            self._publish(room_id, waiting.elsewhere)
        self._later(TOLD_AGAIN_AFTER_S, lambda: self._look_again(room_id))

    def _look_again(self, room_id: int) -> None:
        if self._rooms[room_id].here:
            self._say(room_id)
        else:
            del self._rooms[room_id]


def _raise(known: dict[int, int], marks: Marks) -> None:
    for member_id, seq in marks.items():
        known[member_id] = max(seq, known.get(member_id, 0))
