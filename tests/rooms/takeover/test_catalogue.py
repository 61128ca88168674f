"""What the catalogue of MySQL and MariaDB is asked."""

import pytest
from django.db import connections

from rooms.takeover import catalogue
from tests.rooms.conftest import MakeDatabase
from tests.rooms.legacy import MYSQL_TABLES, run_script

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def alias(empty_database: MakeDatabase) -> str:
    made = empty_database()
    run_script(
        connections[made], f"{MYSQL_TABLES}; ALTER TABLE chat_rooms ADD CONSTRAINT named CHECK (name <> '')"
    )
    return made


def test_foreign_keys_have_their_columns_and_rules(alias: str) -> None:
    found = catalogue.foreign_keys(connections[alias], "chat_messages")
    keys = {(key.column, key.to_table, key.to_column) for key in found}

    assert keys == {("chat_room_id", "chat_rooms", "chat_room_id"), ("user_id", "users", "user_id")}
    assert catalogue.keyed_columns(connections[alias], "chat_rooms") == set()


def test_an_index_is_made_once_and_only_where_it_lacks(alias: str) -> None:
    connection = connections[alias]
    for column in ("created_at", "created_at", "user_id"):
        catalogue.require_index(connection, "chat_messages", column)

    columns = list(catalogue.indexes(connection, "chat_messages").values())
    assert sorted(columns) == [["chat_room_id"], ["created_at"], ["user_id"]]


def test_checks_and_types_are_told(alias: str) -> None:
    assert "named" in catalogue.checks(connections[alias], "chat_rooms")
    name = catalogue.text_type(connections[alias], "chat_rooms", "name")
    assert name.startswith("varchar(255) CHARACTER SET utf8mb4")
