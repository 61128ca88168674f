"""Rooms in streets: what a process tells the others of where it listens, and what it knows of another. Pure.

A room is in the street of its number. So what a process listens to fits into 8 KiB, however many rooms there are.
"""

import zlib
from collections.abc import Sequence

import msgspec

STREETS = 65_536  # rooms are numbered in a row: two that are spoken in are seldom in one street
WHOLE_BYTES = STREETS // 8
LEFT_AFTER_S = 10.0  # above COMPANY_S; who is cut off comes back sooner, and then nobody has to be told


def street_of(room_id: int) -> int:
    return room_id % STREETS


class Word(msgspec.Struct, frozen=True, array_like=True):
    """What a process says of its streets. Its `number` goes up with each change.

    Either nothing else; or those that came since the number before; or the whole, a packed bit for each.
    """

    number: int
    fresh: tuple[int, ...] = ()
    whole: bytes = b""


write_word = msgspec.msgpack.Encoder().encode
_words = msgspec.msgpack.Decoder(Word)


def read_word(raw: bytes | None) -> Word | None:
    """None where nothing is said, or nothing that this build understands."""
    try:
        return None if raw is None else _words.decode(raw)
    except msgspec.MsgspecError:
        return None


class OwnStreets:
    """Where this process listens, and which of that the others were told."""

    def __init__(self) -> None:
        self.rooms: set[int] = set()
        self._rooms_in: dict[int, int] = {}  # how many of a street
        self._said = bytearray(WHOLE_BYTES)
        self._number = 0
        self._fresh: list[int] = []
        self._left: dict[int, float] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether the others have to be told of a street."""
        return bool(self._fresh)

    def enter(self, room_id: int) -> None:
        """Listen to the room."""
        if room_id in self.rooms:
            return
        self.rooms.add(room_id)
        street = street_of(room_id)
        self._rooms_in[street] = self._rooms_in.get(street, 0) + 1
        self._left.pop(street, None)
        if not has(self._said, street):
            put(self._said, street)
            self._fresh.append(street)

    def leave(self, room_id: int, now: float) -> None:
        """Fine where it is not listened to."""
        if room_id not in self.rooms:
            return
        self.rooms.discard(room_id)
        street = street_of(room_id)
        self._rooms_in[street] -= 1
        if not self._rooms_in[street]:
            del self._rooms_in[street]
            self._left[street] = now

    def take_fresh(self) -> Word | None:
        """What the others have to be told, if anything."""
        if not self._fresh:
            return None
        fresh, self._fresh = tuple(self._fresh), []
        self._number += 1
        return Word(self._number, fresh)

    def settle(self, now: float) -> None:
        """Drop what was left, and count what is fresh as said: everybody has to be told the whole after this."""
        gone = [street for street, since in self._left.items() if now - since > LEFT_AFTER_S]
        for street in gone:
            del self._left[street]
            clear(self._said, street)
        if gone or self._fresh:
            self._fresh = []
            self._number += 1

    def whole(self) -> Word:
        """With what is fresh and not told yet: to hear of it twice does no harm."""
        return Word(self._number, whole=zlib.compress(self._said, 1))

    def number(self) -> Word:
        return Word(self._number)


class KnownStreets:
    """Where another process listens: everywhere, for all that is known, until it says the whole.

    It is never less than the other listened to when it said the highest number that was heard of it.
    """

    def __init__(self) -> None:
        self._number = -1
        self._streets: bytes | bytearray | None = None  # None: maybe all

    def include(self, street: int) -> bool:
        return self._streets is None or has(self._streets, street)

    def heed(self, word: Word) -> Sequence[int] | None:
        """Returns the streets that may have come, in which the other has to be told what it may have missed.

        None are maybe all. Words may come late, twice and not at all.
        """
        if word.number < self._number:
            return ()
        if word.whole:
            return self._heed_whole(word)
        if word.number == self._number:
            return ()
        is_next = word.number == self._number + 1
        self._number = word.number
        if self._streets is None:
            return ()
        if not is_next or not word.fresh or not all(0 <= street < STREETS for street in word.fresh):
            self._streets = None
            return None
        self._streets = bytearray(self._streets)
        for street in word.fresh:
            put(self._streets, street)
        return word.fresh

    def _heed_whole(self, word: Word) -> Sequence[int] | None:
        before, is_known = self._streets, word.number == self._number and self._streets is not None
        if is_known:
            return ()
        self._number, self._streets = word.number, unpack(word.whole)
        if before is None:
            return ()
        return None if self._streets is None or _brings(before, self._streets) else ()


def _brings(before: bytes | bytearray, after: bytes | bytearray) -> bool:
    return bool(int.from_bytes(after, "little") & ~int.from_bytes(before, "little"))


def unpack(whole: bytes) -> bytes | None:
    """None where it is none of this version's."""
    reading = zlib.decompressobj()
    try:
        streets = reading.decompress(whole, WHOLE_BYTES + 1)
    except zlib.error:
        return None
    return streets if len(streets) == WHOLE_BYTES else None


def has(streets: bytes | bytearray, street: int) -> bool:
    return bool(streets[street >> 3] >> (street & 7) & 1)


def put(streets: bytearray, street: int) -> None:
    streets[street >> 3] |= 1 << (street & 7)


def clear(streets: bytearray, street: int) -> None:
    streets[street >> 3] &= ~(1 << (street & 7))
