"""What was said lately, by room, until it is time to look whom that concerns. Pure; the clock is passed in.

A room is looked at a moment after it was said something, so that whoever reads it at once is left alone, and then
not again for some seconds: what comes meanwhile is one notification more, not one for each message.
"""

from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from messaging.wire.protocol import MessageObject

FIRST_S = 1.0
AGAIN_S = 5.0  # after a look, before the next
LATER_S = 30.0  # after who looked on when it was said
MESSAGES_MOST = 20  # of a room in one look, the newest, and as many of those that call somebody
ROOMS_MOST = 1_000
LATER_MOST = 2_000


class Job(NamedTuple):
    """A room to look at. `only`: for these members, who looked on before; None: for all."""

    room_id: int
    seqs: tuple[int, ...]
    only: frozenset[int] | None = None


@dataclass(slots=True)
class _Waiting:
    due_at: float
    seqs: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES_MOST))
    calling: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES_MOST))


class Gathering:
    def __init__(self) -> None:
        self._rooms: dict[int, _Waiting] = {}
        self._looked: OrderedDict[int, float] = OrderedDict()  # the last to be looked at last
        self._later: deque[tuple[float, Job]] = deque()

    def __len__(self) -> int:
        return len(self._rooms) + len(self._later)

    def add(self, message: MessageObject, now: float) -> bool:
        """Returns whether there is room for it."""
        waiting = self._rooms.get(message.room_id)
        if waiting is None:
            if len(self._rooms) >= ROOMS_MOST:
                return False
            due_at = max(now + FIRST_S, self._looked.get(message.room_id, now - AGAIN_S) + AGAIN_S)
            waiting = self._rooms[message.room_id] = _Waiting(due_at)
        calls = bool(message.mentions) or message.everyone
        (waiting.calling if calls else waiting.seqs).append(message.seq)
        return True

    def add_later(self, job: Job, members: Collection[int], now: float) -> bool:
        """Look once more for these, who looked on. Returns whether there is room for it."""
        if len(self._later) >= LATER_MOST:
            return False
        self._later.append((now + LATER_S, job._replace(only=frozenset(members))))
        return True

    def take(self, now: float, *, most: int) -> list[Job]:
        """What is due, away from here."""
        jobs: list[Job] = []
        while self._later and self._later[0][0] <= now and len(jobs) < most:
            jobs.append(self._later.popleft()[1])
        due = [room_id for room_id, waiting in self._rooms.items() if waiting.due_at <= now]
        for room_id in due[: most - len(jobs)]:
            waiting = self._rooms.pop(room_id)
            jobs.append(Job(room_id, tuple(sorted({*waiting.seqs, *waiting.calling}))))
            self._looked[room_id] = now
            self._looked.move_to_end(room_id)
        while self._looked and next(iter(self._looked.values())) + AGAIN_S <= now:
            self._looked.popitem(last=False)
        return jobs
