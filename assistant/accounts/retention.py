"""What is deleted of the assistant's use when it is old. A receipt stays as long as its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model, QuerySet

from assistant.models import AssistantRun, Scope, Usage
from chatproject.transactions import in_one_transaction

BATCH_ROWS = 500  # of one transaction: nobody waits for its locks


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many rows of each were deleted."""

    usage: int
    runs: int


def clear_old_records(*, before: date) -> Cleared:
    """Delete what each member and each room used before that day (UTC), and the runs that brought no message.

    What everybody used together stays, a line a day; so does every run with an answer.
    """
    old_usage = Usage.objects.filter(scope__in=(Scope.MEMBER, Scope.ROOM), day__lt=before)
    midnight = datetime.combine(before, datetime.min.time(), UTC)
    old_runs = AssistantRun.objects.filter(created_at__lt=midnight, answer_seq=None)
    return Cleared(
        usage=_delete_in_batches(old_usage),
        runs=_delete_in_batches(old_runs.exclude(state__in=AssistantRun.UNDER_WAY)),
    )


def _delete_in_batches(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH_ROWS):
        _delete(rows.model, keys[start : start + BATCH_ROWS])
    return len(keys)


@in_one_transaction
def _delete(model: type[Model], keys: Sequence[Any]) -> None:
    model._default_manager.filter(pk__in=keys).delete()
