"""Databases that answer and store nothing: they are told apart, and nobody keeps a connection to one."""

import asyncio
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from messaging.store.database import Database
from messaging.store.writability import file_takes_writes, is_of_read_only_server, takes_writes
from tests.messaging.people import soon
from tests.messaging.store.test_database import raw_connection
from tests.threads import join_database_threads


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refuse_writes() -> None:
    """As a server does that has become a copy of another one."""
    raise OperationalError(1290, "The MySQL server is running with the --read-only option")


@pytest.mark.django_db
def test_a_database_that_stores_says_so() -> None:
    assert takes_writes()


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_a_database_that_only_reads_says_so() -> None:
    run("SET SESSION TRANSACTION READ ONLY")
    try:
        assert not takes_writes()
        with pytest.raises(OperationalError) as refusal:
            run("UPDATE chat_rooms SET name = name")
        assert is_of_read_only_server(refusal.value)
    finally:
        connection.close()


def test_a_file_that_can_be_written_takes_writes_and_a_missing_one_does_not(tmp_path: Path) -> None:
    file = tmp_path / "chat.sqlite3"
    file.touch()

    assert file_takes_writes(file)
    assert not file_takes_writes(tmp_path / "nowhere" / "chat.sqlite3")


@pytest.mark.parametrize("number", [1205, 1213, 2006, 2013])
def test_what_passes_by_itself_is_no_read_only_server(number: int) -> None:
    assert not is_of_read_only_server(OperationalError(number, "for a moment"))


@pytest.mark.servers
async def test_one_refusal_to_write_replaces_the_connections_of_all_threads(transactional_db: None) -> None:
    database = Database(readers=1)
    await soon(database.run(raw_connection))
    assert await soon(database.run(lambda: connection.connection)) is not None

    with pytest.raises(OperationalError):
        await soon(database.write_batch(refuse_writes))

    assert await soon(database.run(lambda: connection.connection)) is None
    assert await soon(database.takes_writes())
    database.close()
    await asyncio.to_thread(join_database_threads)


@pytest.mark.servers
async def test_who_asks_a_database_that_only_reads_replaces_the_connections_too(transactional_db: None) -> None:
    database = Database(readers=1)
    await soon(database.write_batch(raw_connection))
    await soon(database.run(run, "SET SESSION TRANSACTION READ ONLY"))

    assert not await soon(database.takes_writes())

    assert await soon(database.write_batch(lambda: connection.connection)) is None
    assert await soon(database.takes_writes())  # on a connection of its own
    database.close()
    await asyncio.to_thread(join_database_threads)
