"""Cuts a command off between two statements, as a killed process or a lost connection does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


class CutOffError(Exception):
    """Stands for a killed process or a lost connection."""


@contextmanager
def cut_off_after(alias: str, statements: int) -> Iterator[None]:
    """Lets so many statements change something; the next one never reaches the server."""
    left = statements

    def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal left
        if sql.split(maxsplit=1)[0].upper() in {"CREATE", "ALTER", "DROP", "UPDATE", "DELETE", "INSERT"}:
            if left == 0:
                raise CutOffError
            left -= 1
        return execute(sql, *arguments)

    with connections[alias].execute_wrapper(count):
        yield


def run_with_cuts(alias: str, command: Callable[[], object]) -> None:
    """Run it again and again, each time for one statement more, until it ends by itself."""
    for statements in range(1000):
        try:
            with cut_off_after(alias, statements):
                command()
        except CutOffError:
            connections[alias].close()
        else:
            return
