"""What a process remembers of rooms and of places in them: by what it stored, who listens, what it heard. No I/O.

It may be outdated at any moment, since other processes write too: whoever relies on it has the database check it
under the locks of the rooms, see `one_trip`. Being wrong costs a round trip and nothing else.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

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


class _Found(NamedTuple):
    """A place as it was found in a membership: nothing is known of it in another one."""

    roster_version: int
    place: Place


class Remembered:
    """Of one process. The thread that stores learns and asks, the event loop tells whom it met and what it heard.

    Neither waits for the other: each step is one operation of a dict, with whole values. Where both change the
    same at one moment, what is remembered may be outdated.
    """

    def __init__(self) -> None:
        self._rooms: OrderedDict[int, RoomNumbers] = OrderedDict()  # here and below: needed longest ago first
        self._places: OrderedDict[tuple[int, int], _Found] = OrderedDict()  # by room and member
        self._mistrust = self._pause = 0

    def learn(self, rooms: Mapping[int, RoomNumbers], places: Mapping[tuple[int, int], Place]) -> None:
        """These are committed, with whatever the batch itself changed."""
        for room_id, numbers in rooms.items():
            known = self._rooms.pop(room_id, None)
            if known is None:
                self._forget_oldest()
            elif known.version > numbers.version or known.roster_version > numbers.roster_version:
                numbers = known
            self._rooms[room_id] = numbers
        for key, place in places.items():
            if (room := rooms.get(key[0])) is not None:
                if self._places.pop(key, None) is None:
                    self._forget_oldest()
                self._places[key] = _Found(room.roster_version, place)

    def meet(self, room_id: int, member_id: int, nickname: str, standing: Standing) -> None:
        """The member listens to the room, and stood there so lately. Replaces nothing that may be newer."""
        room = self._rooms.pop(room_id, None)
        if room is None or room.version < standing.version or room.roster_version < standing.roster_version:
            room = standing.numbers
        self._rooms[room_id] = room
        if standing.roster_version < room.roster_version:
            return
        key = (room_id, member_id)
        found = self._places.pop(key, None)
        if found is not None and found.place.participant_id == standing.participant_id:
            place = found.place  # the name there may be newer
        else:
            own = standing.own
            place = Place(standing.participant_id, nickname, own.role, own.muted_until)
        self._places[key] = _Found(standing.roster_version, place)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._rooms) > PLACES_MOST:
            self._rooms.popitem(last=False)
        while len(self._places) > PLACES_MOST:
            self._places.popitem(last=False)

    def hear(self, room_id: int, changes: Sequence[Heard]) -> None:
        """These changes of the room were committed, in the order of their versions; known ones too."""
        numbers = self._rooms.get(room_id)
        if numbers is None or not changes or changes[-1].version <= numbers.version:
            return
        for change in changes:
            if change.version <= numbers.version:
                continue
            if change.version > numbers.version + 1 or change.roster_version != numbers.roster_version:
                self._rooms.pop(room_id, None)
                return
            numbers = numbers._replace(version=change.version, last_seq=max(numbers.last_seq, change.seq))
        self._rooms[room_id] = numbers

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
            if found is None or found.roster_version != room.roster_version:
                return None
            place = found.place
            if (
                place.muted_until is not None
                or place.nickname.startswith(_NAMELESS)
                or room.slow_s
                or room.is_read_only
            ):
                return None
            rooms[room_id], places[key] = room, place
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
