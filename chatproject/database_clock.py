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
    """By how much the machine's clock is ahead of the database's, to half of the way there and back."""
    asked_at = clock()
    there = database_now().timestamp()
    return (asked_at + clock()) / 2 - there
