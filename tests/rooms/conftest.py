"""Threads that do something at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

THREADS_TIMEOUT_S = 60

AllAtOnce = Callable[..., list[Any]]


@pytest.fixture
def all_at_once() -> AllAtOnce:
    """Runs every call in a thread and connection of its own; returns what each returned or raised, in order."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        ready = Barrier(len(calls), timeout=THREADS_TIMEOUT_S)

        def attempt(call: Callable[[], Any]) -> Any:
            connection.ensure_connection()
            ready.wait()
            try:
                return call()
            except Exception as error:  # an outcome like any other here
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(attempt, calls, timeout=THREADS_TIMEOUT_S))

    return run
