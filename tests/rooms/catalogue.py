"""What a database's catalogue says of its tables, and what stands in them."""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def rows_of(connection: BaseDatabaseWrapper, query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def schema_of(alias: str) -> list[tuple[Any, ...]]:
    """Every column and index of every table."""
    columns = rows_of(
        connections[alias],
        "SELECT table_name, column_name, column_type, is_nullable, collation_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    )
    indexes = rows_of(
        connections[alias],
        "SELECT table_name, column_name, seq_in_index, non_unique FROM information_schema.statistics"
        " WHERE table_schema = DATABASE() ORDER BY 1, 2, 3, 4",
    )
    keys = rows_of(
        connections[alias],
        "SELECT k.table_name, k.column_name, k.referenced_table_name, r.delete_rule"
        " FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r"
        " USING (constraint_schema, constraint_name) WHERE constraint_schema = DATABASE() ORDER BY 1, 2, 3",
    )
    return [*columns, *indexes, *keys]
