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
MISTRUST_MOST = 8  # so often beyond patience: then only each 256th batch is tried
PATIENCE_ROOM = 1  # what was wrong is known anew by then
PATIENCE_ALL = 4  # with wrong guesses in all rooms together, less the right ones
DOUBTED_MOST = 10_000  # rooms; beyond, all get their trust back

_NAMELESS = f"{NAMELESS}#"

Places = dict[tuple[int, int], Place]
Believed = tuple[dict[int, RoomNumbers], Places]


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


class _Doubt:
    """Of what was wrong lately. It grows with each time, and has batches pause when it was so `patience` times."""

    __slots__ = ("_patience", "level", "pause")

    def __init__(self, patience: int) -> None:
        self._patience, self.pause, self.level = patience, 0, 0

    def grow(self) -> None:
        """Another time."""
        self.level = min(self.level + 1, self._patience + MISTRUST_MOST)
        self.pause = 2 ** max(0, self.level - self._patience)

    def shrink(self) -> None:
        self.level = max(0, self.level - 1)

    def has_pause(self) -> bool:
        """Once for each batch."""
        self.pause = max(0, self.pause - 1)
        return self.pause > 0


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
        self._doubts: dict[int, _Doubt] = {}  # by room; the storing thread's alone
        self._refuted: Believed | None = None
        self._taken: dict[int, tuple[RoomNumbers, int]] = {}  # rooms as they were before that
        self._doubt = _Doubt(PATIENCE_ALL)
        self.has_fallen = False  # a room's numbers are below those that were committed before: see `find_fallen`

    def learn(self, rooms: Mapping[int, RoomNumbers], places: Mapping[tuple[int, int], Place]) -> None:
        """These are committed, with whatever the batch itself changed."""
        if self._refuted is not None:
            refuted, self._refuted = self._refuted, None
            self._find_wrong(refuted, rooms, places)
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

    def find_fallen(self, rooms: Mapping[int, RoomNumbers]) -> None:
        """See whether these, read under the rooms' locks, are behind what was known: then all went backwards."""
        for room_id, numbers in rooms.items():
            known, _since = self._rooms.get(room_id) or self._taken.get(room_id) or (numbers, 0)
            if known.version > numbers.version or known.roster_version > numbers.roster_version:
                self.has_fallen = True
        self._taken = {}

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

    def hear_rules(self, room_id: int, roster_version: int) -> None:
        """Somebody's rights or the room's rules changed with that version: whose, nobody said."""
        room = self._rooms.get(room_id)
        if room is not None and room[0].roster_version < roster_version:
            self._rooms.pop(room_id, None)

    def of(self, speakers: Iterable[Speaker]) -> Believed | None:
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
        if self._doubts and self._is_doubted(rooms):
            return None
        return rooms, places

    # --- whether it is worth relying on

    def may_try(self) -> bool:
        """Once for each batch: whether it is right often enough for any."""
        self._refuted = None
        return not (self._doubt.pause and self._doubt.has_pause())

    def was_right(self, believed: Believed) -> None:
        """A batch found it so."""
        if self._doubt.level:
            self._doubt.shrink()
        for room_id in believed[0] if self._doubts else ():
            if (doubt := self._doubts.get(room_id)) is not None:
                doubt.shrink()
                if not doubt.level:
                    del self._doubts[room_id]

    def was_wrong(self, believed: Believed) -> None:
        """Something of what was believed to be so after a batch is not.

        Which it is shows when the batch is stored in the ordinary way, which is learned next.
        """
        self._refuted = believed
        self._taken = {room_id: room for room_id in believed[0] if (room := self._rooms.pop(room_id, None))}
        self._doubt.grow()

    def _find_wrong(
        self,
        refuted: Believed,
        rooms: Mapping[int, RoomNumbers],
        places: Mapping[tuple[int, int], Place],
    ) -> None:
        wrong = {room_id for room_id, numbers in refuted[0].items() if rooms.get(room_id) != numbers}
        for key, place in refuted[1].items():
            found = places.get(key)
            if found is None or found._replace(said_at=place.said_at) != place:
                wrong.add(key[0])
        if len(self._doubts.keys() | wrong) > DOUBTED_MOST:
            self._doubts.clear()
        for room_id in wrong:
            self._doubts.setdefault(room_id, _Doubt(PATIENCE_ROOM)).grow()

    def _is_doubted(self, rooms: Iterable[int]) -> bool:
        pauses = [self._doubts[room_id].has_pause() for room_id in rooms if room_id in self._doubts]
        return any(pauses)
