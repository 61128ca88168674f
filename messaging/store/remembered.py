"""What a process remembers of rooms and of places in them, from what it stored last and heard since. No I/O.

It may be outdated at any moment, since other processes write too: whoever relies on it has the database check it
under the locks of the rooms, see `one_trip`. Being wrong costs a round trip and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from rooms.models import NAMELESS

PLACES_MOST = 50_000  # about 15 MB; beyond, everything is forgotten
MISTRUST_MOST = 8  # after so many wrong guesses in a row only each 256th batch is tried

_NAMELESS = f"{NAMELESS}#"

Places = dict[tuple[int, int], Place]


class Speaker(Protocol):
    """Of a draft: who speaks where."""

    @property
    def room_id(self) -> int: ...
    @property
    def sender_id(self) -> int | None: ...


class Heard(Protocol):
    """Of a change that others made."""

    @property
    def version(self) -> int: ...
    @property
    def roster_version(self) -> int: ...
    @property
    def seq(self) -> int: ...


@dataclass(slots=True)
class _Room:
    numbers: RoomNumbers
    places: dict[int, Place] = field(default_factory=dict)  # by member


class Remembered:
    """Of one process. The writer's thread learns and asks, the event loop tells what it heard."""

    def __init__(self) -> None:
        self._rooms: dict[int, _Room] = {}
        self._count = 0
        self._mistrust = self._pause = 0

    def learn(self, rooms: Mapping[int, RoomNumbers], places: Mapping[tuple[int, int], Place]) -> None:
        """These are committed, with whatever the batch itself changed."""
        if self._count > PLACES_MOST:
            self._rooms, self._count = {}, 0
        for room_id, numbers in rooms.items():
            known = self._rooms.get(room_id)
            if known is None or known.numbers.roster_version != numbers.roster_version:
                self._rooms[room_id] = _Room(numbers)
                self._count += 1
            elif numbers.version >= known.numbers.version:
                known.numbers = numbers
        for (room_id, member_id), place in places.items():
            if (room := self._rooms.get(room_id)) is not None:
                self._count += member_id not in room.places
                room.places[member_id] = place

    def hear(self, room_id: int, changes: Sequence[Heard]) -> None:
        """These changes of the room were committed, in the order of their versions; known ones too."""
        room = self._rooms.get(room_id)
        if room is None or not changes or changes[-1].version <= room.numbers.version:
            return
        numbers = room.numbers
        for change in changes:
            if change.version <= numbers.version:
                continue
            if change.version > numbers.version + 1 or change.roster_version != numbers.roster_version:
                self._rooms.pop(room_id, None)
                return
            numbers = numbers._replace(version=change.version, last_seq=max(numbers.last_seq, change.seq))
        room.numbers = numbers

    def of(self, speakers: Iterable[Speaker]) -> tuple[dict[int, RoomNumbers], Places] | None:
        """The rooms that these speak in, and their places there; None where it does not know all of them, or where
        anything may keep one of them from speaking, or where one has no name."""
        rooms, places = {}, {}
        for speaker in speakers:
            room_id, member_id = speaker.room_id, speaker.sender_id
            room = self._rooms.get(room_id)
            if room is None or member_id is None or (place := room.places.get(member_id)) is None:
                return None
            if (
                place.muted_until is not None
                or place.nickname.startswith(_NAMELESS)
                or room.numbers.slow_s
                or room.numbers.is_read_only
            ):
                return None
            rooms[room_id], places[room_id, member_id] = room.numbers, place
        return rooms, places

    # --- whether it is worth relying on

    def may_try(self) -> bool:
        """Once for each batch: after wrong guesses it is worth less, until they are right again."""
        self._pause = max(0, self._pause - 1)
        return self._pause == 0

    def was_right(self) -> None:
        self._mistrust = max(0, self._mistrust - 1)

    def was_wrong(self) -> None:
        self._mistrust = min(self._mistrust + 1, MISTRUST_MOST)
        self._pause = 2**self._mistrust
