"""What stands in a database, and a database out of that: on SQLite, MariaDB and MySQL."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connections

from tests.upgrades.dumps import Row, State, Table, Tables

# each `migrate` makes them anew out of the models of its version
MADE_ANEW = {"auth_permission", "django_content_type", "auth_group_permissions", "auth_user_user_permissions"}
OF_WRITERS = 1_000_000  # rows with such numbers are those of who writes during a test
COUNTER = re.compile(r" AUTO_INCREMENT=\d+(?= )")
# what MySQL calls json
JSON = re.compile(r"longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin (.*) CHECK \(json_valid\(`\w+`\)\)")
USUAL = " COLLATE=utf8mb4_general_ci"  # where the dumps were made; elsewhere it is another
COLUMNS = """
    SELECT table_name, column_name, column_type, is_nullable, collation_name,
        IF(data_type IN ('json', 'longtext'), NULL, column_default)
    FROM information_schema.columns WHERE table_schema = DATABASE()
"""
INDEXES = """
    SELECT table_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index)
    FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique
"""
KEYS = """
    SELECT k.table_name, k.column_name, k.referenced_table_name, r.delete_rule
    FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
        USING (constraint_schema, constraint_name) WHERE constraint_schema = DATABASE()
"""
CHECKS = """
    SELECT table_name, constraint_name FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND constraint_type = 'CHECK'
"""
OF_A_COLUMN = re.compile(r"_chk_\d+$")  # how MySQL names those CHECKs; MariaDB as the column

Schema = dict[str, list[Any]]


# --- what it is made of


def differences(there: Schema, then: Schema) -> list[str]:
    """What only one of them has, a line each."""
    return [
        f"{table}: {mark} {fact}"
        for table in sorted(there.keys() | then.keys())
        for mark, one, other in (("+", there, then), ("-", then, there))
        for fact in one.get(table, [])
        if fact not in other.get(table, [])
    ]


def schema(alias: str) -> Schema:
    """What each table is made of. CHECKs of a single column, which their types keep anyway, are left out."""
    made: Schema = defaultdict(list)
    database = connections[alias]
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute(
                "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1, type DESC, name"
            )
            for table, statement in cursor.fetchall():
                made[table].append(_in_no_order(statement))
            return dict(made)
        columns = set()
        for query in (COLUMNS, INDEXES, KEYS, CHECKS):
            cursor.execute(query)
            for table, *facts in sorted(cursor.fetchall(), key=repr):
                if query == COLUMNS:
                    columns.add(facts[0])
                if query != CHECKS or not (facts[0] in columns or OF_A_COLUMN.search(facts[0])):
                    made[table].append(facts)
    return dict(made)


def _in_no_order(statement: str) -> str:
    """SQLite makes tables anew where they change, and puts the column that did last."""
    head, _, parts = statement.partition("(")
    return f"{head}({', '.join(sorted(parts.removesuffix(')').split(', ')))})"


# --- from and to dumps


def read(alias: str) -> Tables:
    """Every table with its rows, but for those that each `migrate` makes anew."""
    database = connections[alias]
    with database.cursor() as cursor:
        names = sorted(database.introspection.table_names(cursor))
        return {name: Table(_statements(cursor, name, database.vendor), *_rows(cursor, name)) for name in names}


def rows_of(alias: str) -> dict[str, dict[Any, dict[str, Any]]]:
    """Of each table its rows, by their key, by column; without those of writers."""
    database = connections[alias]
    found = {}
    with database.cursor() as cursor:
        for name in database.introspection.table_names(cursor):
            found[name] = by_key(*_rows(cursor, name))
    return found


def by_key(columns: list[str], rows: list[Row]) -> dict[Any, dict[str, Any]]:
    keyed = [dict(zip(columns, row, strict=True)) for row in rows]
    if columns[1:3] == ["app", "name"]:  # migrations: their numbers say nothing
        return {(row["app"], row["name"]): row for row in keyed}
    return {row[columns[0]]: row for row in keyed if not _is_of_writers(row[columns[0]])}


def _is_of_writers(key: Any) -> bool:
    return isinstance(key, int) and key >= OF_WRITERS


def load(alias: str, state: State) -> None:
    """Make the state's database in an empty one."""
    with unchecked(alias) as cursor:
        for table in state.tables.values():
            make_table(cursor, table)
        for name, table in state.tables.items():
            insert(cursor, name, table, table.rows)


def make_table(cursor: Any, table: Table) -> None:
    for statement in table.statements:
        is_mysql = cursor.db.vendor == "mysql" and not cursor.db.mysql_is_mariadb
        statement = statement.replace(USUAL, "")
        cursor.execute(JSON.sub(r"json \1", statement) if is_mysql else statement)


def insert(cursor: Any, name: str, table: Table, rows: list[Row]) -> None:
    if rows:
        quote = cursor.db.ops.quote_name
        columns = ", ".join(map(quote, table.columns))
        places = ", ".join(["%s"] * len(table.columns))
        values = [tuple(map(_value, row)) for row in rows]
        cursor.executemany(f"INSERT INTO {quote(name)} ({columns}) VALUES ({places})", values)


@contextmanager
def unchecked(alias: str) -> Iterator[Any]:
    """A cursor that adds tables and rows in any order."""
    database = connections[alias]
    with database.constraint_checks_disabled(), database.cursor() as cursor:
        yield cursor


def _statements(cursor: Any, name: str, vendor: str) -> list[str]:
    if vendor == "sqlite":
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC, name",
            [name],
        )
        return [sql for (sql,) in cursor.fetchall()]
    cursor.execute(f"SHOW CREATE TABLE `{name}`")
    [(_name, statement)] = cursor.fetchall()
    return [COUNTER.sub("", statement)]


def _rows(cursor: Any, name: str) -> tuple[list[str], list[Row]]:
    cursor.execute(f"SELECT * FROM {cursor.db.ops.quote_name(name)} ORDER BY 1")
    columns = [column[0] for column in cursor.description]
    if name in MADE_ANEW:
        return columns, []
    rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
    if name == "django_migrations":
        rows = [(None, *row[1:3], "2026-01-01 00:00:00") for row in sorted(rows, key=lambda row: row[1:3])]
    return columns, rows


def _plain(value: Any) -> Any:
    """As JSON has it."""
    match value:
        case bytes() | memoryview():
            return {"hex": bytes(value).hex()}
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", timespec="microseconds")
        case date():
            return value.isoformat()
        case str() if value[:1] in ("[", "{"):  # JSON, which MySQL writes with other spaces
            try:
                return json.dumps(json.loads(value), ensure_ascii=False)
            except ValueError:
                return value
    return value


def _value(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
