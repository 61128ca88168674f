"""What MySQL's and MariaDB's catalogue says of a table, and statements by what it says. For `handing_back`."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

OF_TABLE = "table_schema = DATABASE() AND table_name = %s"
FOREIGN_KEYS = """
    SELECT k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
    FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
        ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
        AND r.table_name = k.table_name
    WHERE k.table_schema = DATABASE() AND k.table_name = %s
"""
TEXT_TYPE = f"""
    SELECT CONCAT(column_type, ' CHARACTER SET ', character_set_name, ' COLLATE ', collation_name)
    FROM information_schema.columns WHERE {OF_TABLE} AND column_name = %s
"""


class ForeignKey(NamedTuple):
    name: str
    column: str
    to_table: str
    to_column: str
    rule: str


def execute(connection: BaseDatabaseWrapper, statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def rows(connection: BaseDatabaseWrapper, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def foreign_keys(connection: BaseDatabaseWrapper, table: str) -> list[ForeignKey]:
    return [ForeignKey(*row) for row in rows(connection, FOREIGN_KEYS, table)]


def keyed_columns(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    """Columns that a foreign key of the table is on: each needs an index that begins with it."""
    return {key.column for key in foreign_keys(connection, table)}


def indexes(connection: BaseDatabaseWrapper, table: str) -> dict[str, list[str]]:
    """The columns of each index, in their order; the primary key is left out."""
    found = defaultdict(list)
    query = f"SELECT index_name, column_name FROM information_schema.statistics WHERE {OF_TABLE}"
    for name, column in rows(
        connection, f"{query} AND index_name <> 'PRIMARY' ORDER BY index_name, seq_in_index", table
    ):
        found[name].append(column)
    return dict(found)


def checks(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    query = f"SELECT constraint_name FROM information_schema.table_constraints WHERE {OF_TABLE}"
    return [name for (name,) in rows(connection, f"{query} AND constraint_type = 'CHECK'", table)]


def require_index(connection: BaseDatabaseWrapper, table: str, column: str) -> None:
    """Make an index of that column alone, where there is none."""
    if [column] not in indexes(connection, table).values():
        execute(connection, f"ALTER TABLE {table} ADD INDEX `{table}_{column}` (`{column}`)")


def text_type(connection: BaseDatabaseWrapper, table: str, column: str) -> str:
    """The type of a column of text, as ALTER TABLE takes it."""
    [(found,)] = rows(connection, TEXT_TYPE, table, column)
    return str(found)
