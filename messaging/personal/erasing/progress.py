"""How far an erasure is: what of it was counted, kept with the order."""

import json
from collections.abc import Callable, Mapping
from functools import wraps

from chatproject.transactions import in_one_transaction
from messaging.personal.erasing.parts import Erased, Part
from messaging.personal_models import Erasure

Take = Callable[[Erased], Part | None]


def counts_of(order: Erasure) -> dict[str, int]:
    """How many of what; names that begin with "_" are for whoever goes on with it."""
    counts: dict[str, int] = json.loads(order.counts)
    return counts


def counted(take: Take) -> Take:
    """What it changes and what it counts are one transaction: a process that dies in between did neither."""

    @wraps(take)
    def take_and_count(erased: Erased) -> Part | None:
        part = take(erased)
        if part is not None and part.counts:
            add_counts(erased.erasure_id, part.counts)
        return part

    return in_one_transaction(take_and_count)


@in_one_transaction
def add_counts(erasure_id: int, more: Mapping[str, int]) -> None:
    order = Erasure.objects.select_for_update().get(pk=erasure_id)
    counts = counts_of(order)
    for name, number in more.items():
        counts[name] = number if name.startswith("_") else counts.get(name, 0) + number
    Erasure.objects.filter(pk=erasure_id).update(counts=json.dumps(counts))
