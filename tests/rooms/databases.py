"""Databases apart from the tests' own, by aliases of Django's: on the same server or another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from uuid import uuid4

from django.db import connection, connections

from tests.servers import HOST, DatabaseServer


@contextmanager
def empty_mysql_database(*, default: str, server: DatabaseServer | None = None) -> Iterator[str]:
    """The alias of a new database, on the tests' MySQL or `server`. `default`: its character set and the like."""
    place: dict[str, Any] = deepcopy(connection.settings_dict)
    alias = place["NAME"] = f"apart_{uuid4().hex[:12]}"
    if server is not None and server.service is not None:
        place |= {"HOST": HOST, "PORT": server.service.port, "USER": "root", "PASSWORD": ""}
    create = f"CREATE DATABASE {alias} CHARACTER SET {default}"
    connections.settings[alias] = {**place, "NAME": ""}
    with connections[alias].cursor() as cursor:
        cursor.execute(create)
    connections[alias].close()
    connections[alias].settings_dict["NAME"] = alias
    try:
        yield alias
        with connections[alias].cursor() as cursor:
            cursor.execute(f"DROP DATABASE {alias}")
    finally:
        connections[alias].close()
        del connections[alias], connections.settings[alias]
