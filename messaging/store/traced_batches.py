"""What a batch was to those of its entries that are sampled; see `roads`."""

import asyncio
from collections.abc import Sequence
from functools import partial
from time import perf_counter

from chatproject.tracing.tracer import error_type
from messaging.roads import Committed, Roads
from messaging.store.acts import Later
from messaging.store.services import Outcome, Stored
from messaging.store.waiting import Waiting


def follow(roads: Roads, batch: Sequence[Waiting], storing: "asyncio.Future[list[Outcome]]") -> None:
    """Say so once it is stored, or not, if anything in it is sampled."""
    if any(waiting.road is not None for waiting in batch):
        storing.add_done_callback(partial(_tell, roads, batch, perf_counter()))


def _tell(roads: Roads, batch: Sequence[Waiting], began: float, storing: "asyncio.Future[list[Outcome]]") -> None:
    failure = storing.exception()
    outcomes: Sequence[Outcome | BaseException]
    outcomes = storing.result() if failure is None else [failure] * len(batch)
    entries = [entry for pair in zip(batch, outcomes, strict=True) if (entry := _committed(*pair)) is not None]
    if entries:
        roads.commit(entries, of=len(batch), took_s=perf_counter() - began)


def _committed(waiting: Waiting, outcome: Outcome | BaseException) -> Committed | None:
    if waiting.road is None or isinstance(outcome, Later):
        return None
    if isinstance(outcome, Stored):
        message = outcome.message
        return Committed(waiting.road, message.room_id, message.seq, message.version)
    return Committed(waiting.road, waiting.entry.room_id, error=error_type(outcome))
