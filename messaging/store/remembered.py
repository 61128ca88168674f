"""What a process remembers of rooms and of places in them: by what it stored, who listens, what it heard. No I/O.

It may be outdated at any moment, since other processes write too: whoever relies on it has the database check it
under the locks of the rooms, see `one_trip`. Being wrong costs a round trip and nothing else.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from messaging.store.places import Place
from messaging.store.standings import Standing
from messaging.store.statements import RoomNumbers
from rooms.models import NAMELESS

PLACES_MOST = 50_000  # and as many rooms: 40 MB at most; beyond, what was needed longest ago is forgotten
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


class Remembered:
    """Of one process. The thread that stores learns and asks, the event loop tells whom it met and what it heard.

    Neither waits for the other: each step is one operation of a dict, with whole values. Where both change the
    same at one moment, what is remembered may be outdated.
    """

    def __init__(self) -> None:
        # Both begin with what was needed longest ago. A place is kept with the membership (`roster_version`) that
        # it was found in, a room with the one since which it was heard of everybody who left.
        self._rooms: OrderedDict[int, tuple[RoomNumbers, int]] = OrderedDict()
        self._places: OrderedDict[tuple[int, int], tuple[Place, int]] = OrderedDict()  # by room and member
        self._mistrust = self._pause = 0

    def learn(self, rooms: Mapping[int, RoomNumbers], places: Mapping[tuple[int, int], Place]) -> None:
        """These are committed, with whatever the batch itself changed."""
        for room_id, numbers in rooms.items():
            known = self._rooms.pop(room_id, None)
            if known is None:
                self._forget_oldest()
                known = (numbers, numbers.roster_version)
            elif known[0].version <= numbers.version and known[0].roster_version <= numbers.roster_version:
                is_same = known[0].roster_version == numbers.roster_version
                known = (numbers, known[1] if is_same else numbers.roster_version)
            self._rooms[room_id] = known
        for key, place in places.items():
            room, stored = self._rooms.get(key[0]), rooms.get(key[0])
            if room is not None and stored is not None and room[0].roster_version == stored.roster_version:
                if self._places.pop(key, None) is None:
                    self._forget_oldest()
                self._places[key] = (place, stored.roster_version)

    def meet(self, room_id: int, member_id: int, nickname: str, standing: Standing) -> None:
        """The member listens to the room, and stood there so lately. Replaces nothing that may be newer."""
        room, roster_version = self._rooms.pop(room_id, None), standing.roster_version
        if room is None or room[0].roster_version < roster_version:
            room = (standing.numbers, roster_version)
        elif room[0].version < standing.version:
            room = (standing.numbers._replace(roster_version=room[0].roster_version), room[1])
        self._rooms[room_id] = room
        if room[0].roster_version > roster_version:
            return
        key = (room_id, member_id)
        found = self._places.pop(key, None)
        if found is not None and found[0].participant_id == standing.participant_id:
            place = found[0]  # the name there may be newer
        else:
            own = standing.own
            place = Place(standing.participant_id, nickname, own.role, own.muted_until)
        self._places[key] = (place, roster_version)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._rooms) > PLACES_MOST:
            self._rooms.popitem(last=False)
        while len(self._places) > PLACES_MOST:
            self._places.popitem(last=False)

    def forget(self, gone: Iterable[tuple[int, int | None]]) -> None:
        """These have no place in these rooms, which may be gone themselves: it is not worth guessing again."""
        for room_id, member_id in gone:
            if member_id is not None:
                self._places.pop((room_id, member_id), None)

    def hear(self, room_id: int, changes: Sequence[Heard]) -> None:
        """These changes of the room were committed, in the order of their versions; known ones too."""
        room = self._rooms.get(room_id)
        if room is None or not changes or changes[-1].version <= room[0].version:
            return
        numbers, since = room
        for change in changes:
            if change.version <= numbers.version:
                continue
            if change.version > numbers.version + 1 or change.roster_version > numbers.roster_version:
                self._rooms.pop(room_id, None)
                return
            numbers = numbers._replace(version=change.version, last_seq=max(numbers.last_seq, change.seq))
        self._rooms[room_id] = (numbers, since)

    def hear_roster(self, room_id: int, roster_version: int, *, left_member_id: int | None) -> None:
        """Somebody came to the room, or left it: the others are in it as before."""
        room = self._rooms.get(room_id)
        if room is not None and room[0].roster_version == roster_version - 1:
            if left_member_id is not None:
                self._places.pop((room_id, left_member_id), None)
            self._rooms[room_id] = (room[0]._replace(roster_version=roster_version), room[1])

    def of(self, speakers: Iterable[Speaker]) -> tuple[dict[int, RoomNumbers], Places] | None:
        """The rooms that these speak in, and their places there; None where it does not know all of them, or where
        anything may keep one of them from speaking, or where one has no name."""
        rooms, places = {}, {}
        for speaker in speakers:
            room_id, member_id = speaker.room_id, speaker.sender_id
            room = self._rooms.get(room_id)
            if room is None or member_id is None:
                return None
            key = (room_id, member_id)
            found = self._places.get(key)
            if found is None or found[1] < room[1]:
                return None
            place, numbers = found[0], room[0]
            if (
                place.muted_until is not None
                or place.nickname.startswith(_NAMELESS)
                or numbers.slow_s
                or numbers.is_read_only
            ):
                return None
            rooms[room_id], places[key] = numbers, place
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
