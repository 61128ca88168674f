"""Every text that this server keeps in MySQL or MariaDB takes every character, whatever the database's default.

`users` is the main server's and stays as it is, and so do other columns than ours in the tables taken over.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from rooms.management.fitness import MAIN_SERVERS, tables_of_models

NAMED_OTHERWISE = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND character_set_name NOT IN ('utf8mb4', 'ascii', 'binary')
"""
TABLES_NAMED_OTHERWISE = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_collation NOT LIKE 'utf8mb4%'
"""
# a column in what SHOW CREATE TABLE answers: its type, how its text is kept, and the rest
DEFINITION = r"^ *`{column}` (\w+(?:\([^)]*\))?)(?: CHARACTER SET \w+)?(?: COLLATE \w+)?(.*?),?$"


@contextmanager
def taking_every_character(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For the time of a migration: new tables and columns are utf8mb4, and at its end the old ones of ours too."""
    if connection.vendor != "mysql":
        yield
        return
    with connection.cursor() as cursor:
        for (table,) in _ours(cursor, TABLES_NAMED_OTHERWISE):
            cursor.execute(f"ALTER TABLE `{table}` DEFAULT CHARACTER SET utf8mb4")  # for columns to come; no copy
        suffix = _suffix_of_new_tables(cursor)
    with _creating_tables(connection, suffix):
        yield
    with connection.cursor() as cursor:
        _convert_columns(cursor)


def _suffix_of_new_tables(cursor: CursorWrapper) -> str:
    """What stands behind CREATE TABLE. Where the database is utf8mb4 already, its collation is the operator's."""
    cursor.execute("SELECT @@character_set_database")
    is_utf8mb4 = cursor.fetchone() == ("utf8mb4",)
    return " ENGINE=InnoDB" if is_utf8mb4 else " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"


@contextmanager
def _creating_tables(connection: BaseDatabaseWrapper, suffix: str) -> Iterator[None]:
    usual = connection.SchemaEditorClass
    assert usual is not None
    connection.SchemaEditorClass = type(
        "SuffixingSchemaEditor", (usual,), {"sql_create_table": usual.sql_create_table + suffix}
    )
    try:
        yield
    finally:
        connection.SchemaEditorClass = usual


def _convert_columns(cursor: CursorWrapper) -> None:
    columns: dict[str, list[str]] = {}
    for table, column in _ours(cursor, NAMED_OTHERWISE):
        columns.setdefault(table, []).append(column)
    for table, names in columns.items():
        cursor.execute(f"SHOW CREATE TABLE `{table}`")
        definition = cursor.fetchone()[1]
        # one statement, because each copies the table
        cursor.execute(f"ALTER TABLE `{table}` {', '.join(_converted(definition, name) for name in names)}")


def _converted(definition: str, column: str) -> str:
    found = re.search(DEFINITION.format(column=re.escape(column)), definition, re.MULTILINE)
    assert found, f"SHOW CREATE TABLE does not show {column}"
    return f"MODIFY `{column}` {found[1]} CHARACTER SET utf8mb4{found[2]}"


def _ours(cursor: CursorWrapper, query: str) -> list[tuple[str, ...]]:
    """The rows that begin with a table of ours or Django's, and go on with a column of its models, if at all."""
    cursor.execute(query)
    tables = tables_of_models()
    return [
        row
        for row in cursor.fetchall()
        if row[0] in tables and row[0] != MAIN_SERVERS and set(row[1:]) <= tables[row[0]]
    ]
