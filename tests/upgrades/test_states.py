"""`migrate` takes the database of every state that ever landed to the newest, with all that stood there.

One database goes through all states, and at each is what the version of that time left: tables, rows and rules. So
what becomes of it becomes of a database of any of them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from messaging.store.selectors import recent_messages
from tests.rooms.conftest import MakeDatabase, migrate
from tests.upgrades import databases, dumps
from tests.upgrades.filling import APPS
from tests.upgrades.journeys import ROOM, Journey, masked

pytestmark = pytest.mark.database

T = TypeVar("T")
# what migrations are there to change: table and column
CHANGED = {("chat_room_blocks", "is gone"), ("chat_rooms", "name")}  # they are sanctions; private rooms have none
# the first state whose servers go on writing into these tables on the newest ones
WRITTEN_SINCE = {
    "chat_rooms": 4,
    "assistant_runs": 4,
    "chat_room_blocks": 15,  # sanctions since then
    "chat_rooms_made": 16,
    "chat_help_lines": 19,
    "chat_second_looks": 24,
    "chat_held_messages": 28,
}
SHOWN = [(1, "안녕하세요 👋"), (2, "고친 말"), (4, "대답이에요"), (5, "Bob이 들어왔어요")]  # the third was deleted
WRITER_FROM = 13  # the state whose servers write while it is migrated


def test_every_migration_has_a_dump() -> None:
    on_disk = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations if app in APPS}
    for vendor in dumps.VENDORS:
        states = list(dumps.states(vendor))
        assert on_disk - set(states[-1].applied) == set(), "run `make upgrade-state` and commit what it writes"
        numbers = [state.number for state in states]
        assert numbers == list(range(1, len(numbers) + 1)), (
            "two branches made one state: remove yours, make it anew"
        )


@pytest.fixture(scope="module")
def states() -> list[dumps.State]:
    return list(dumps.states(connection.vendor))


@pytest.fixture(scope="module")
def journey(states: list[dumps.State], empty_database: MakeDatabase) -> Journey:
    """A database that went through all states to the newest; on MySQL and MariaDB with a server that wrote."""
    made = Journey(empty_database(), empty_database(), states, writer_from=WRITER_FROM)
    made.go()
    migrate(made.alias)  # which makes what is made behind all migrations
    made.made = databases.schema(made.alias)
    return made


def test_a_database_is_at_each_state_what_its_version_made(journey: Journey) -> None:
    assert journey.others[:20] == []


def test_at_the_end_it_is_made_as_a_new_one(journey: Journey, db: None) -> None:
    assert databases.differences(journey.made, databases.schema("default")) == []


def test_what_was_there_is_there(journey: Journey, states: list[dumps.State]) -> None:
    now, differing = databases.rows_of(journey.alias), set()
    for state in states:
        for name, table in state.tables.items():
            for key, row in databases.by_key(table.columns, table.rows).items():
                row_now = now.get(name, {}).get(key)
                if row_now is None:
                    differing.add((name, "is gone"))
                    continue
                differing |= {
                    (name, column)
                    for column, value in masked(row).items()
                    if column in row_now and masked(row_now)[column] != value
                }
    assert differing == CHANGED


def test_messages_of_every_version_are_read(journey: Journey, states: list[dumps.State]) -> None:
    for state in states:
        group = state.number * 100 + 1
        said = in_database(journey.alias, partial(recent_messages, room_id=group, limit=10))
        assert [(one.seq, one.message) for one in said] == SHOWN, state.name


def test_servers_of_earlier_versions_write_on(journey: Journey, states: list[dumps.State]) -> None:
    """Each table takes a row that has only the columns of that time, as after a downgrade of the servers."""
    since: dict[str, int] = {}
    now = databases.rows_of(journey.alias)
    for state in states:
        for name, table in state.tables.items():
            if table.rows and name != "django_migrations" and not takes(journey.alias, name, table, now):
                since[name] = state.number + 1
    assert since == WRITTEN_SINCE


def test_who_writes_meanwhile_loses_nothing(journey: Journey) -> None:
    if journey.writer is None:
        assert connection.vendor == "sqlite"  # where one process has the file
        return
    assert journey.writer.error is None
    with connections[journey.alias].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), MAX(seq) FROM chat_messages WHERE chat_room_id = {ROOM}")
        assert cursor.fetchall() == ((journey.writer.stored, journey.writer.stored),)
    assert journey.writer.stored > len(dumps.paths("mysql"))


def takes(alias: str, name: str, table: dumps.Table, now: Any) -> bool:
    """Whether the table takes the first of those rows in place of the one that is there."""
    if name not in now:
        return False
    quote = connections[alias].ops.quote_name
    with databases.unchecked(alias) as cursor, transaction.atomic(using=alias):
        cursor.execute(f"DELETE FROM {quote(name)} WHERE {quote(table.columns[0])} = %s", [table.rows[0][0]])
        try:
            with transaction.atomic(using=alias):
                databases.insert(cursor, name, table, table.rows[:1])
        except DatabaseError:
            return False
        finally:
            transaction.set_rollback(True, using=alias)
    return True


def in_database(alias: str, read: Callable[[], T]) -> T:
    """What the code of this version reads there."""

    def run() -> T:
        connections["default"] = connections[alias]
        try:
            return read()
        finally:
            connections[alias].close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(run).result()
