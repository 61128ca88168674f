"""Threads that tests wait for."""

import threading

from tests.times import WAIT_S


def join_database_threads() -> None:
    """Wait until the threads of stopped databases have closed their connections."""
    for thread in threading.enumerate():
        if thread.name.startswith("database-"):
            thread.join(WAIT_S)
            assert not thread.is_alive(), f"{thread.name} did not end: was its database closed?"
