"""The signature of a chunk of messages: a fingerprint of every pair of letters in it, and who wrote there. Pure.

A chunk is all messages whose ids have one quotient by CHUNK_MESSAGES, whatever their rooms. What is said in a
room stands in it twice, once with the room, so that a search of one room does not look where only others said it.
Initials stand in it by twos and by fours. The fingerprints are divided into slices, by what they are of and not by
the room: a search reads the one slice in which its own would be.

A fingerprint has 24 bits, and a slice has some hundred of them: a chunk that does not hold what is searched for
is looked through in vain about once in 30,000 times.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from messaging.search.text import ASCII_END, Word, initials_of, normalise

CHUNK_MESSAGES = 256
SLICES = 64
PRINT_BYTES = 3
PRINT_BITS = 8 * PRINT_BYTES
ROOMS_PROBED_MAX = 8  # with more, their own fingerprints cost more to look for than they save
PROBES_MAX = 4  # of the words; more would hardly make fewer chunks
NOTHING = bytes(PRINT_BYTES)  # in a slice that would be empty, which has a meaning of its own
LETTERS_MAX = 100_000  # of a chunk with a signature: one of longer messages would take 100 MiB to make

_PRINT_MASK, _SLICE_MASK = (1 << PRINT_BITS) - 1, SLICES - 1
_ALL_BITS = _SLICE_MASK << PRINT_BITS | _PRINT_MASK
_FACTOR, _SHIFT = 0x9E3779B97F4A7C15, 33  # Fibonacci hashing: the upper bits of the product depend on all below
_TWO_INITIALS, _FOUR_INITIALS, _AUTHOR = -1, -2, -3  # in the place of a room

# Two letters are one number: in UTF-16 they are four bytes, and those Python reads at a tenth of the cost
_LETTER_BITS = 16
_LETTER_MASK = (1 << _LETTER_BITS) - 1
_SPACE = ord(" ")  # stands in no word


@dataclass(frozen=True, slots=True)
class Said:
    """What a signature needs of a message."""

    room_id: int
    sender_id: int | None
    contents: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Chunks without any of these fingerprints in that slice hold nothing that is searched for."""

    slice: int
    prints: tuple[bytes, ...]


def signature(messages: Sequence[Said]) -> list[bytes]:
    """The fingerprints of these messages by slice. A slice without any says nothing: look what is there."""
    if sum(len(message.contents) for message in messages) > LETTERS_MAX:
        return [b""] * SLICES
    rooms: dict[int, list[str]] = {}
    authors: set[int] = set()
    for message in messages:
        rooms.setdefault(message.room_id, []).append(normalise(message.contents))
        if message.sender_id is not None:
            authors.add(message.sender_id)
    texts = {room_id: " ".join(lines) for room_id, lines in rooms.items()}
    pairs = {room_id: _pairs(text) for room_id, text in texts.items()}
    all_pairs = set[int]().union(*pairs.values())
    between = {pair for pair in all_pairs if pair & _LETTER_MASK == _SPACE or pair >> _LETTER_BITS == _SPACE}
    # written out, here and below: half of all the time would be the calls
    mixed = {pair: pair * _FACTOR >> _SHIFT & _ALL_BITS for pair in all_pairs - between}
    found = set(mixed.values())
    for room_id, said in pairs.items():
        found.update(map(_salt(room_id).__xor__, map(mixed.__getitem__, said - between)))
    initials = initials_of(" ".join(texts.values()))
    found |= _salted(_initials(initials, 2), _TWO_INITIALS)
    found |= _salted(_initials(initials, 4), _FOUR_INITIALS)
    found |= _salted(authors, _AUTHOR)
    return _by_slice(sorted(found))


def probes(
    words: Iterable[Word], *, room_ids: Sequence[int], author_id: int | None, has_link: bool
) -> list[Probe]:
    """What chunks have that hold these words, by this author, with a link; none where nothing tells them apart."""
    pairs: dict[int, None] = {}
    twos: dict[int, None] = {}
    fours: dict[int, None] = {}
    for word in words:
        for run in word.letter_runs():
            pairs |= dict.fromkeys(_pairs(run))
        if word.initials is not None:
            twos |= dict.fromkeys(_initials(word.initials, 2))
            fours |= dict.fromkeys(_initials(word.initials, 4))
    found = [_probe(pair, room_ids) for pair in _spread(pairs)]
    found += [_probe(four, [_FOUR_INITIALS]) for four in _spread(fours)]
    found += [_probe(two, [_TWO_INITIALS]) for two in _spread(twos)]
    del found[PROBES_MAX:]
    if author_id is not None:
        found.append(_probe(author_id, [_AUTHOR]))
    if has_link:
        found += [_probe(pair, room_ids) for pair in _pairs("//")]
    return found


def _mix(number: int) -> int:
    return number * _FACTOR >> _SHIFT & _ALL_BITS


def _salt(place: int) -> int:
    """What tells a room's fingerprints from another's; leaves the slice alone. 0: those of no room."""
    return _mix(place * _FACTOR >> 7) & _PRINT_MASK if place else 0


def _salted(numbers: Iterable[int], place: int) -> set[int]:
    salt = _salt(place)
    return {number * _FACTOR >> _SHIFT & _ALL_BITS ^ salt for number in numbers}


def _probe(number: int, places: Sequence[int]) -> Probe:
    mixed = _mix(number)
    places = places if len(places) <= ROOMS_PROBED_MAX else [0]
    prints = (((mixed ^ _salt(place)) & _PRINT_MASK).to_bytes(PRINT_BYTES, "little") for place in places)
    return Probe(mixed >> PRINT_BITS, tuple(prints))


def _spread(numbers: Iterable[int]) -> Sequence[int]:
    """PROBES_MAX of them at most, from all parts: neighbours tell the same."""
    listed = list(numbers)
    return listed[:: max(1, -(-len(listed) // PROBES_MAX))]


def _pairs(text: str) -> Set[int]:
    return _numbers(text.encode("utf-16-le", "surrogatepass"), unit=2, size=4)


def _initials(codes: bytes, size: Literal[2, 4]) -> Set[int]:
    """So many initials beside each other: what has other signs in it is found by its letters."""
    all_initials = int.from_bytes(bytes([ASCII_END] * size))
    return {run for run in _numbers(codes, unit=1, size=size) if run & all_initials == all_initials}


def _numbers(data: bytes, *, unit: int, size: Literal[2, 4]) -> set[int]:
    """Every `size` bytes that begin at a multiple of `unit`, as a number."""
    view, found = memoryview(data), set[int]()
    for start in range(0, size, unit):
        end = start + (len(data) - start) // size * size
        if end > start:
            found.update(view[start:end].cast("I" if size == 4 else "H"))
    return found


def _by_slice(ordered: Sequence[int]) -> list[bytes]:
    """The lower bits of these numbers, apart by their upper bits."""
    wide = array("I", ordered).tobytes()
    narrow = bytearray(PRINT_BYTES * len(ordered))
    for byte in range(PRINT_BYTES):
        narrow[byte::PRINT_BYTES] = wide[byte::4]
    bounds = [PRINT_BYTES * bisect_left(ordered, number << PRINT_BITS) for number in range(SLICES + 1)]
    return [bytes(narrow[start:end]) or NOTHING for start, end in pairwise(bounds)]
