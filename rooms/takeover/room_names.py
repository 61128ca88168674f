"""What group rooms of the replaced server are called from now on: one name each, as people see it. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

LONGEST = 100  # characters, as `Room.name`
_UNSEEN = frozenset({"Mn", "Cf", "Cc"})


def plan_names(
    names: Mapping[int, str | None], *, longest: int = LONGEST, taken: Iterable[str] = ()
) -> dict[int, str]:
    """New names of those rooms that cannot keep theirs, by room.

    A name is composed (NFC), without white space around it, at most `longest` characters. Of several rooms with
    one name the oldest keeps it, but whoever has it already before whoever gets it; the others are "name 2",
    "name 3" …. A room without a name is "방" and its number.
    """
    seen = {room_id: _as_seen(room_id, name, longest) for room_id, name in names.items()}
    kept = set(taken)
    alike = set(map(likeness, kept))
    changed: dict[int, str] = {}
    for room_id in sorted(names, key=lambda room_id: (seen[room_id] != names[room_id], room_id)):
        name = seen[room_id]
        if name != names[room_id] or name in kept:
            # also unlike the others in letter case and accents: the old collation may hold such names to be one
            name = next(one for one in _numbered(name, longest) if likeness(one) not in alike)
            changed[room_id] = name
        kept.add(name)
        alike.add(likeness(name))
    return changed


def likeness(name: str) -> str:
    """The same for names that a collation may hold to be equal: in letter case, accents, what is not seen."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in decomposed if unicodedata.category(one) not in _UNSEEN).strip()


def _as_seen(room_id: int, name: str | None, longest: int) -> str:
    return unicodedata.normalize("NFC", name or "").strip()[:longest].strip() or f"방 {room_id}"


def _numbered(name: str, longest: int) -> Iterator[str]:
    yield name
    for number in count(2):
        ending = f" {number}"
        yield name[: longest - len(ending)].rstrip() + ending
