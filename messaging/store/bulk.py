"""Hiding at once what a member said lately."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from messaging.models import Message
from messaging.store.acts import HideAct
from messaging.store.services import Stored, store_batch

HIDDEN_AT_ONCE_MAX = 1_000  # the newest of them: half a second under the room's lock
ACTS_PER_BATCH = 256


def hide_said_since(act: HideAct, *, author_id: int, since: datetime, now: datetime) -> list[Stored]:
    """Do `act`, whose seq says nothing, to each message that the author said there since then, and that stands.

    In the caller's transaction, where there is one. What is refused stays as it is: what others deleted meanwhile.
    """
    acts = [replace(act, seq=seq) for seq in _said_since(act.room_id, author_id, since)]
    batches = [acts[start : start + ACTS_PER_BATCH] for start in range(0, len(acts), ACTS_PER_BATCH)]
    outcomes = [outcome for batch in batches for outcome in store_batch(batch, now=now)]
    return [outcome for outcome in outcomes if isinstance(outcome, Stored)]


def _said_since(room_id: int, author_id: int, since: datetime) -> Sequence[int]:
    """The newest first. Sorted here: for the order a database may read the whole room in place of the author's."""
    said = Message.objects.filter(
        room_id=room_id, sender_id=author_id, created_at__gte=since, deleted_at=None, hidden_at=None
    )
    return sorted(said.values_list("seq", flat=True), reverse=True)[:HIDDEN_AT_ONCE_MAX]
