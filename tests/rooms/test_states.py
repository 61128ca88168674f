"""The tests' `migrate`, which works out once what models look like: databases come out as if it did each time."""

import re
from typing import Any

import pytest
from django.db import connections

from tests import states
from tests.migrated import dump
from tests.rooms.catalogue import rows_of
from tests.rooms.conftest import MakeDatabase, migrate
from tests.rooms.cutting import CutOffError, cut_off_after
from tests.rooms.legacy import leave_legacy_database

MOMENT = re.compile(rb"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?'")
HALF_WAY = 40  # statements


def everything(alias: str) -> list[Any]:
    """What the database is made of, but for moments: those at which it was migrated differ."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        return rows_of(connection, "SELECT name, sql FROM sqlite_master ORDER BY 1")
    connection.ensure_connection()
    return [MOMENT.sub(b"a moment", each) for each in dump(connection.connection)]


def migrated(empty_database: MakeDatabase, *, legacy: bool) -> list[Any]:
    alias = empty_database()
    if legacy:
        leave_legacy_database(connections[alias])
    migrate(alias)
    return everything(alias)


@pytest.mark.parametrize("legacy", [False, True], ids=["empty", "legacy"])
def test_a_database_is_the_same_where_states_are_known(empty_database: MakeDatabase, legacy: bool) -> None:
    states.forget_states()
    first = migrated(empty_database, legacy=legacy)

    assert states.are_known()
    assert migrated(empty_database, legacy=legacy) == first


def test_what_was_cut_off_leaves_nothing_to_those_that_come_later(empty_database: MakeDatabase) -> None:
    whole, cut = migrated(empty_database, legacy=False), empty_database()
    with pytest.raises(CutOffError), cut_off_after(cut, HALF_WAY):
        migrate(cut)

    assert not states.are_known()
    assert migrated(empty_database, legacy=False) == whole
