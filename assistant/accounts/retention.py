"""What is deleted of the assistant's use when it is old. A receipt stays as long as its answer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Model, QuerySet

from assistant.models import AssistantRun, Scope, Usage
from chatproject.transactions import in_one_transaction

BATCH_ROWS = 500  # of each, in one transaction: nobody waits for its locks


def forget_some_records(*, now: datetime) -> int:
    """Delete some of what is too old: what each member and each room used, the runs that brought no message, and
    the receipts of answers that their room keeps no more. Returns how many went.

    What everybody used together stays, a line a day; so does every run with an answer that is there.
    """
    of_gone = AssistantRun.objects.filter(room__first_seq__gt=1, answer_seq__lt=F("room__first_seq"))
    count = _delete_first(of_gone)
    if days := settings.KEEPING.assistant_days:
        before = (now - timedelta(days=days)).date()
        count += _delete_first(_old_usage(before)) + _delete_first(_old_runs(before))
    return count


def _old_usage(before: date) -> QuerySet[Usage]:
    return Usage.objects.filter(scope__in=(Scope.MEMBER, Scope.ROOM), day__lt=before)


def _old_runs(before: date) -> QuerySet[AssistantRun]:
    midnight = datetime.combine(before, datetime.min.time(), UTC)
    old = AssistantRun.objects.filter(created_at__lt=midnight, answer_seq=None)
    return old.exclude(state__in=AssistantRun.UNDER_WAY)


def _delete_first(rows: QuerySet[Any]) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS])
    if keys:
        _delete(rows.model, keys)
    return len(keys)


@in_one_transaction
def _delete(model: type[Model], keys: Sequence[Any]) -> None:
    model._default_manager.filter(pk__in=keys).delete()
