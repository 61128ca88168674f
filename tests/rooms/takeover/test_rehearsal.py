"""What `migrate` says of the replaced server's database before it changes anything."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from tests.rooms import worn
from tests.rooms.catalogue import rows_of, schema_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.legacy import leave_legacy_database, run_script


def told(command: str, alias: str, **options: Any) -> str:
    output = StringIO()
    call_command(command, database=alias, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def worn_database(empty_database: MakeDatabase) -> str:
    alias = empty_database()
    run_script(connections[alias], worn.DATABASE)
    return alias


@pytest.mark.servers
def test_a_rehearsal_says_what_is_mended_and_changes_nothing(worn_database: str) -> None:
    schema, rooms = schema_of(worn_database), rows_of(connections[worn_database], "SELECT * FROM chat_rooms")

    words = told("rehearse_takeover", worn_database)
    assert "users 3, chat_rooms 10, chat_participants 11, chat_messages 5, read_status 7 rows" in words
    assert "* 3 places of members or rooms that are gone: taken out" in words
    assert "* 1 messages of members who are gone: they stay, without an author" in words
    assert "room 3: 'Room ' becomes 'Room 3'" in words
    assert words in told("migrate", worn_database, plan=True)
    assert (schema_of(worn_database), rows_of(connections[worn_database], "SELECT * FROM chat_rooms")) == (
        schema,
        rooms,
    )


def test_before_and_after_a_takeover(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    assert told("rehearse_takeover", alias) == "There is nothing to take over.\n"

    leave_legacy_database(connections[alias])
    words = told("rehearse_takeover", alias)
    assert "chat_messages 5, read_status 10 rows" in words
    assert "* 2 places of members who are in that room already: taken out" in words
    assert words in told("migrate", alias)

    assert told("rehearse_takeover", alias) == "There is nothing to take over.\n"
