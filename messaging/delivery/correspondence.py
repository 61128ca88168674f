"""What a process says to which others: notices, and where it listens. Pure; how it gets there is in `link`.

EVERY_PROCESS stands in place of a room: no room has this number, and every process listens to it.
"""

from collections.abc import Sequence

from messaging.delivery.company import Company
from messaging.delivery.parcels import Addressed, Parcels
from messaging.delivery.streets import OwnStreets, Word, street_of

EVERY_PROCESS = 0
WHOLE_EVERY_BEATS = 5  # says a process the whole of its streets, whoever missed something of them

To = str | None  # a process, or all


class Correspondence:
    """Words are said in the order in which they are taken."""

    def __init__(self) -> None:
        self._company, self._streets, self._parcels = Company[Addressed](), OwnStreets(), Parcels()
        self._met: list[str] = []  # they are to be told where this process listens
        self._beats = 0

    @property
    def has_parcels(self) -> bool:
        return len(self._parcels) > 0

    @property
    def has_words(self) -> bool:
        return bool(self._met) or self._streets.is_fresh

    def listens_to(self, room_id: int) -> bool:
        return room_id in self._streets.rooms or room_id == EVERY_PROCESS

    def enter(self, room_id: int) -> None:
        """Listen to the room."""
        self._streets.enter(room_id)

    def leave(self, room_id: int, now: float) -> None:
        self._streets.leave(room_id, now)

    def company(self, now: float) -> dict[str, float]:
        """How many seconds ago each other process was heard; see Company."""
        return self._company.silences(now)

    def tell(self, room_id: int, notice: bytes, now: float) -> tuple[str, ...]:
        """To those who listen there, now or soon. Returns who that is so far."""
        street = None if room_id == EVERY_PROCESS else street_of(room_id)
        who = self._company.tell((room_id, notice), street, now)
        if who:
            self._parcels.add(who, room_id, notice)
        return who

    def hear(self, process: str, word: Word | None, now: float) -> None:
        """Another process says something, and where it listens, or nothing of that."""
        if word is not None and not self._company.has_met(process):
            self._met.append(process)
        for room_id, notice in self._company.hear(process, word, now):
            self._parcels.add((process,), room_id, notice)

    def take_parcels(self, now: float) -> list[tuple[To, list[Addressed]]]:
        """Some of what waits: see Parcels."""
        return self._parcels.take(self._company.here(now))

    def take_words(self, now: float) -> Sequence[tuple[To, Word]]:
        """Where this process listens, for those who do not know it yet.

        Who is alone says nothing: whoever comes is told the whole.
        """
        fresh, met = self._streets.take_fresh(), self._met
        self._met = []
        words: list[tuple[To, Word]] = [(process, self._streets.whole()) for process in met]
        return [(None, fresh), *words] if fresh and self._company.here(now) else words

    def beat(self, now: float) -> Word:
        """What it says when its time has come."""
        is_whole = self._beats % WHOLE_EVERY_BEATS == 0
        self._beats += 1
        if not is_whole:
            return self._streets.number()
        self._streets.settle(now)
        return self._streets.whole()
