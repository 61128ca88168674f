"""What tables, columns, indexes and foreign keys a database has: read in a few queries, however many there are."""

from collections import defaultdict
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
INDEXES = """
    SELECT table_name, index_name, column_name, non_unique FROM information_schema.statistics
    WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index
"""
KEYS = """
    SELECT table_name, column_name FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
"""


class Index(NamedTuple):
    columns: tuple[str, ...]
    is_unique: bool


class Table(NamedTuple):
    columns: set[str]
    indexes: list[Index]
    foreign_keys: set[str]  # columns


def read_tables(connection: BaseDatabaseWrapper) -> dict[str, Table]:
    """By their names."""
    return _of_mysql(connection) if connection.vendor == "mysql" else _of_others(connection)


def _of_mysql(connection: BaseDatabaseWrapper) -> dict[str, Table]:
    tables: defaultdict[str, Table] = defaultdict(lambda: Table(set(), [], set()))
    columns: defaultdict[tuple[str, str, bool], list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            tables[table].columns.add(column)
        cursor.execute(INDEXES)
        for table, index, column, non_unique in cursor.fetchall():
            columns[table, index, not non_unique].append(str(column))
        cursor.execute(KEYS)
        for table, column in cursor.fetchall():
            tables[table].foreign_keys.add(column)
    for (table, _index, is_unique), names in columns.items():
        tables[table].indexes.append(Index(tuple(names), is_unique))
    return dict(tables)


def _of_others(connection: BaseDatabaseWrapper) -> dict[str, Table]:
    tables = {}
    look = connection.introspection
    with connection.cursor() as cursor:
        for name in look.table_names(cursor):
            found = look.get_constraints(cursor, name).values()
            tables[name] = Table(
                {one.name for one in look.get_table_description(cursor, name)},
                [
                    Index(tuple(one["columns"]), bool(one["unique"] or one["primary_key"]))
                    for one in found
                    if one["index"] or one["unique"] or one["primary_key"]
                ],
                {column for one in found if one["foreign_key"] for column in one["columns"]},
            )
    return tables
