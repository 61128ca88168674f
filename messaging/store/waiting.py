"""What somebody said or did that is not stored yet, its answer, and who comes next."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chatproject.errors import ChatError, StoreUnavailable
from messaging.store.acts import Act
from messaging.store.database import RETRY_AFTER_S
from messaging.store.pacing import Address
from messaging.store.services import Draft, Stored


class Waiting(NamedTuple):
    """One entry of a batch to come."""

    entry: Draft | Act
    future: asyncio.Future[Stored]
    since: float  # loop time
    paced: Address | None = None  # of a reaction: the message whose pace it keeps
    turns_lost: int = 0  # of a reaction: how often its message had been told of just then

    def refuse(self, error: ChatError) -> None:
        """Answer with that, unless it was answered."""
        if not self.future.done():
            self.future.set_exception(error)


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
