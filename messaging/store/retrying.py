"""The writer's thread: a whole batch, again after a deadlock or a lost connection while its senders wait."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import stamina
from django.db import InterfaceError, OperationalError, connection

from chatproject.outgoing.subscriptions import Subscribed
from messaging.store.acts import Act
from messaging.store.database import ANSWER_DEADLINE_S
from messaging.store.remembered import Remembered
from messaging.store.services import Draft, Outcome, store_batch
from messaging.store.statements import PASSING_MYSQL_ERRORS

ATTEMPTS = 3


def store_with_retries(
    entries: Sequence[Draft | Act], subscribed: Subscribed | None, remembered: Remembered
) -> list[Outcome]:
    """As `services.store_batch`, at most ATTEMPTS times."""
    began = time.monotonic()
    try:
        return store_batch(entries, now=datetime.now(UTC), subscribed=subscribed, remembered=remembered)
    except (OperationalError, InterfaceError) as error:
        rest_s = ANSWER_DEADLINE_S - (time.monotonic() - began)
        return _store_again(entries, subscribed, error, timeout=max(rest_s, 0.0))


def _store_again(
    entries: Sequence[Draft | Act], subscribed: Subscribed | None, first: Exception | None, *, timeout: float
) -> list[Outcome]:
    """After `first`, which counts as the first of the attempts: most batches need no second, and none of this."""
    for attempt in stamina.retry_context(
        on=_is_passing, attempts=ATTEMPTS, timeout=timeout, wait_initial=0.01, wait_max=0.2
    ):
        with attempt:
            if first is not None:
                error, first = first, None
                raise error
            return store_batch(entries, now=datetime.now(UTC), subscribed=subscribed)
    raise AssertionError("retry_context ends by returning or raising")


def _is_passing(error: Exception) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if connection.vendor == "sqlite" or not error.args or error.args[0] not in PASSING_MYSQL_ERRORS:
        return False
    connection.close()  # it may be half dead; the next attempt opens another
    return True
