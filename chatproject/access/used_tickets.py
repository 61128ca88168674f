"""That a ticket is used once, on whatever process: its nonce is the key of a row. Many are used in one call."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError

from chatproject.errors import StoreUnavailable
from chatproject.models import UsedTicket
from chatproject.transactions import in_one_transaction

CLOCKS_DIFFER = timedelta(minutes=5)  # a process that is behind takes for so long what others take for late
RACES_MOST = 5  # each time another process was faster with one of them
FORGOTTEN_AT_ONCE = 5_000


class Use(NamedTuple):
    """One handshake with a ticket. `number` tells two with the same ticket apart."""

    nonce: str
    ends_at: float
    number: int


def use_tickets(uses: Sequence[Use]) -> Mapping[Use, bool]:
    """Those that were the first with their ticket. One statement, unless some of the tickets were used before.

    What is told is committed. Raises StoreUnavailable.
    """
    first: dict[str, Use] = {}
    for use in sorted(uses):  # in this order everywhere: two processes with the same ones wait, and do not lock
        first.setdefault(use.nonce, use)
    for _race in range(RACES_MOST):
        try:
            _keep(list(first.values()))
        except IntegrityError:
            for nonce in UsedTicket.objects.filter(nonce__in=first).values_list("nonce", flat=True):
                del first[nonce]
        else:
            return dict.fromkeys(first.values(), True)
    raise StoreUnavailable(retry_after=1.0)


@in_one_transaction
def _keep(uses: Sequence[Use]) -> None:
    UsedTicket.objects.bulk_create(
        UsedTicket(nonce=use.nonce, ends_at=datetime.fromtimestamp(use.ends_at, UTC)) for use in uses
    )


def forget_used_tickets(*, now: datetime) -> None:
    """Those that nobody would take any more."""
    late = UsedTicket.objects.filter(ends_at__lt=now - CLOCKS_DIFFER).order_by("ends_at")
    nonces = list(late.values_list("nonce", flat=True)[:FORGOTTEN_AT_ONCE])
    UsedTicket.objects.filter(nonce__in=nonces).delete()
