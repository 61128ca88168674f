"""What somebody said or did that is not stored yet, and its answer."""

import asyncio
from collections.abc import Iterable
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
