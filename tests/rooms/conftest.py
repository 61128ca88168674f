"""Empty databases beside that of the tests, to be filled as the replaced server left them and taken over."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections

MakeDatabase = Callable[[], str]


@pytest.fixture(scope="module")
def empty_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeDatabase]:
    """Makes empty databases on the server that the tests run on; returns their aliases."""
    made = []

    def make() -> str:
        place: dict[str, Any] = deepcopy(connection.settings_dict)
        alias = place["NAME"] = f"legacy_{uuid4().hex[:12]}"
        if connection.vendor == "sqlite":
            place["NAME"] = str(tmp_path_factory.mktemp(alias) / "legacy.sqlite3")
        run_on_server(f"CREATE DATABASE {alias} CHARACTER SET utf8mb4")
        connections.settings[alias] = place
        made.append(alias)
        return alias

    with django_db_blocker.unblock():  # the usual marks allow only the databases of the settings
        yield make
        for alias in made:
            connections[alias].close()
            del connections[alias], connections.settings[alias]
            run_on_server(f"DROP DATABASE {alias}")


def run_on_server(statement: str) -> None:
    if connection.vendor == "mysql":
        with connection._nodb_cursor() as cursor:  # the tests' own database may not be there
            cursor.execute(statement)


def migrate(database: str, *where: str) -> None:
    call_command("migrate", *where, database=database, verbosity=0)
