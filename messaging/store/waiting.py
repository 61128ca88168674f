"""What somebody said or did that is not stored yet, its answer, and who comes next."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from chatproject.errors import ChatError, StoreUnavailable
from messaging.roads import Road
from messaging.store.acts import REACTIONS_TOLD_EVERY, Act, Later
from messaging.store.database import RETRY_AFTER_S
from messaging.store.pacing import Address
from messaging.store.services import Draft, Outcome, Stored


class Waiting(NamedTuple):
    """One entry of a batch to come."""

    entry: Draft | Act
    future: asyncio.Future[Stored]
    since: float  # loop time
    paced: Address | None = None  # of a reaction: the message whose pace it keeps
    turns_lost: int = 0  # of a reaction: how often its message had been told of just then
    road: Road | None = None  # where it is sampled

    def refuse(self, error: ChatError) -> None:
        """Answer with that, unless it was answered."""
        if not self.future.done():
            self.future.set_exception(error)

    def answer(self, outcome: Outcome) -> None:
        """Answer with what became of it, unless it was answered. Who would have to wait longer is refused."""
        if isinstance(outcome, Stored) and not self.future.done():
            self.future.set_result(outcome)
        elif not isinstance(outcome, Stored):
            self.refuse(unavailable() if isinstance(outcome, Later) else outcome)


def refuse_all(batch: Iterable[Waiting], error: ChatError) -> None:
    for waiting in batch:
        waiting.refuse(error)


def unavailable() -> StoreUnavailable:
    """Why nothing is stored now; the sender repeats it."""
    return StoreUnavailable(retry_after=RETRY_AFTER_S)


def take_batch(
    waiting: deque[Waiting], *, most: int, enough: int, holds: Callable[[Address, Waiting], bool]
) -> list[Waiting]:
    """Half of those who wait, where they are many: it is stored while those before it are delivered.

    Reactions that waited for each other stay together: they are told at once. `holds` keeps those that are to wait
    still.
    """
    batch: list[Waiting] = []
    half = max(enough, len(waiting) // 2)
    while waiting and len(batch) < most:
        if len(batch) >= half and waiting[0].paced is None:
            break
        one = waiting.popleft()
        if one.future.done():  # its deadline passed: its sender was told, it is not stored
            continue
        if one.paced is None or not holds(one.paced, one):
            batch.append(one)
    return batch


def paced(batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> Iterator[tuple[Address, list[Waiting], float]]:
    """The messages that may not be told of again for some seconds, with the reactions that came too soon."""
    held: dict[Address, list[Waiting]] = {}
    wait_s: dict[Address, float] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.paced is None:
            continue
        if isinstance(outcome, Later):
            held.setdefault(waiting.paced, []).append(waiting._replace(turns_lost=waiting.turns_lost + 1))
            wait_s[waiting.paced] = outcome.wait_s
        elif isinstance(outcome, Stored) and not outcome.duplicate:
            wait_s[waiting.paced] = REACTIONS_TOLD_EVERY.total_seconds()
    for address, seconds in wait_s.items():
        yield address, held.get(address, []), seconds
