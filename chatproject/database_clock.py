"""The database's clock: one for all processes, wherever they run."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """SQLite's is the machine's."""
    if connection.vendor != "mysql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT UTC_TIMESTAMP(6)")
        [moment] = cursor.fetchone()
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else moment


def seconds_ahead(*, clock: Callable[[], float] = time.time) -> float:
    """By how much at least the machine's clock is ahead of the database's, negative where it is behind; 0 where
    the two may agree, however long the answer took."""
    asked_at, there, answered_at = clock(), database_now().timestamp(), clock()
    return max(asked_at - there, 0.0) + min(answered_at - there, 0.0)
