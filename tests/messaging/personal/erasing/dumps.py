"""All that a database and a folder hold, searched for words; whatever the tables are called."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.db import connection


def rows() -> Iterator[tuple[str, str, str]]:
    """Every value of every table as text: table, column, value."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, name, _text(value)) for name, value in zip(columns, row, strict=True))


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def holding(*words: str) -> set[str]:
    """The columns in which any of the words stands, plain or as JSON writes it."""
    spellings = [*words, *(json.dumps(word)[1:-1] for word in words)]
    return {f"{table}.{name}" for table, name, value in rows() if any(one in value for one in spellings)}


def files_holding(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
