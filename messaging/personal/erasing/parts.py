"""The words of an erasure's parts: what each finds, and has others do. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from messaging.store.acts import EraseAct
from rooms.services import RosterChange

AT_ONCE = 32  # messages of a step: one small batch among those that members send


class Erased(NamedTuple):
    """Whose erasure is under way: the order's number, and the database's time."""

    erasure_id: int
    member_id: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of what there was, found or done; what is left to do of it, outside of the database.

    `files`: their objects go from the store, by number with keys; `objects`: those by their names. `then` is
    called when all that is done.
    `waits`: others have to end something first.
    """

    acts: Sequence[EraseAct] = ()
    left: Sequence[RosterChange] = ()
    files: Mapping[int, str] = field(default_factory=dict)
    objects: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    then: Callable[[], object] | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """One kind of what a member left. `take` does or finds some of it; None: there is none, or no more.

    What it changes itself it does in one transaction with its counts. `count`: how much there is before any of it
    is touched, where that costs little: then the receipt is right also where a process dies in the middle.
    """

    name: str
    take: Callable[[Erased], Part | None]
    count: Callable[[int], int] | None = None


def take_out(room_id: int, seq: int, erased: Erased, *, is_theirs: bool) -> EraseAct:
    return EraseAct(room_id=room_id, seq=seq, erased_id=erased.member_id, is_theirs=is_theirs)
