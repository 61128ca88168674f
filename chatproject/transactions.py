"""A transaction that is tried again when MySQL chose it as the victim of a deadlock. Knows no tables."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import stamina
from django.db import OperationalError, transaction

ATTEMPTS = 3
WAIT_FIRST_S = 0.01
WAIT_MOST_S = 0.2
LOCK_CONFLICTS = {(1205,), (1213,)}  # MySQL's lock wait time-out and deadlock

P = ParamSpec("P")
R = TypeVar("R")


def in_one_transaction(service: Callable[P, R]) -> Callable[P, R]:
    """Run `service` in a transaction, at most three times where it lost its locks to another one.

    Inside a transaction of the caller it runs once: a deadlock has rolled that one back too, so only whoever
    opened it can begin anew.
    """
    retry = stamina.retry(
        on=_is_worth_another_attempt,
        attempts=ATTEMPTS,
        wait_initial=WAIT_FIRST_S,
        wait_max=WAIT_MOST_S,
        wait_jitter=WAIT_FIRST_S,
    )
    return retry(transaction.atomic(service))


def _is_worth_another_attempt(error: Exception) -> bool:
    return lost_its_locks(error) and not transaction.get_connection().in_atomic_block


def lost_its_locks(error: Exception) -> bool:
    """True for MySQL's and MariaDB's deadlock and lock time-out."""
    return isinstance(error, OperationalError) and error.args[:1] in LOCK_CONFLICTS
