"""Whether the tables are what the models say: migrations, columns, indexes, foreign keys, engines, characters."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import OperationalError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from chatproject.doctor.findings import Finding, broken, note, ok, parts, warning
from chatproject.doctor.tables import Index, Table, read_tables

NAMED_MOST = 5  # of several that lack
MIGRATE = "run `manage.py migrate`"
BY_HAND = "something was changed by hand: compare with a database that `manage.py migrate` made"
OTHER_ENGINES = """
    SELECT table_name, engine FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'
"""
OTHER_CHARACTERS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND character_set_name NOT IN ('utf8mb4', 'ascii', 'binary')
"""

Model = type[models.Model]


def look_at_schema(alias: str, *, not_ours: Iterable[str] = ()) -> Iterator[Finding]:
    """Of the tables that are `not_ours` only the columns count."""
    connection = connections[alias]
    try:
        executor = MigrationExecutor(connection)
    except OperationalError:  # which the database's own check tells
        yield note("not looked at: the database cannot be asked")
        return
    pending = [migration for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if pending:
        names = [f"{one.app_label}.{one.name}" for one in pending]
        yield broken(f"{len(pending)} migrations have not run: {_some(names)}", MIGRATE)
        return  # all else would only say the same
    known = set(executor.loader.disk_migrations)
    apps_here = {app for app, _name in known}
    newer = [key for key in executor.loader.applied_migrations if key not in known and key[0] in apps_here]
    if newer:
        yield warning(
            f"the database has {len(newer)} migrations that this build does not know:"
            f" {_some(f'{app}.{name}' for app, name in newer)}",
            "run the build that made them, or a newer one; an older one may fail where they changed something",
        )
    yield from parts(
        lambda: _tables(connection, frozenset(not_ours)),
        lambda: _engines(connection),
        lambda: _characters(connection, frozenset(not_ours)),
    )


def _tables(connection: BaseDatabaseWrapper, not_ours: frozenset[str]) -> Iterator[Finding]:
    lacking: dict[str, list[str]] = {"tables": [], "columns": [], "indexes": [], "foreign keys": []}
    present, wanted = read_tables(connection), list(_models())
    for model in wanted:
        name = model._meta.db_table
        if (table := present.get(name)) is None:
            lacking["tables"].append(name)
            continue
        columns = {str(field.column) for field in model._meta.local_concrete_fields}
        lacking["columns"] += [f"{name}.{column}" for column in sorted(columns - table.columns)]
        if name not in not_ours:
            lacking["indexes"] += _lacking_indexes(model, table)
            lacking["foreign keys"] += _lacking_keys(model, table)
    for what, names in lacking.items():
        if names:
            yield broken(f"{what} are missing: {_some(names)}", BY_HAND)
    if not any(lacking.values()):
        yield ok(f"{len(wanted)} tables, with all their columns, indexes and foreign keys")


def _models() -> Iterator[Model]:
    seen = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in seen:
            seen.add(model._meta.db_table)
            yield model


def _lacking_indexes(model: Model, table: Table) -> Iterator[str]:
    """An index that begins with the same columns serves as well, but where they must be unique."""
    for columns, is_unique in _wanted_indexes(model):
        if not any(_serves(index, columns, is_unique=is_unique) for index in table.indexes):
            yield f"{model._meta.db_table} ({', '.join(columns)}{', unique' if is_unique else ''})"


def _serves(index: Index, columns: list[str], *, is_unique: bool) -> bool:
    if is_unique:
        return index.is_unique and sorted(index.columns) == sorted(columns)
    return list(index.columns[: len(columns)]) == columns


def _wanted_indexes(model: Model) -> Iterator[tuple[list[str], bool]]:
    meta = model._meta
    field: Any
    for field in meta.local_concrete_fields:
        if field.primary_key or field.unique:
            yield [str(field.column)], True
        elif field.db_index:
            yield [str(field.column)], False
    for names in meta.unique_together:
        yield [_column(model, name) for name in names], True
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            yield [_column(model, name) for name in constraint.fields], True
    for index in meta.indexes:
        if index.fields:
            yield [_column(model, name.removeprefix("-")) for name in index.fields], False


def _column(model: Model, name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _lacking_keys(model: Model, table: Table) -> Iterator[str]:
    field: Any
    for field in model._meta.local_concrete_fields:
        is_key = isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True)
        if is_key and field.column not in table.foreign_keys:
            yield f"{model._meta.db_table}.{field.column}"


def _engines(connection: BaseDatabaseWrapper) -> Iterator[Finding]:
    tables = {model._meta.db_table for model in _models()}
    for table, engine in _rows(connection, OTHER_ENGINES):
        if table not in tables:
            continue
        yield broken(
            f"{table} is kept by {engine}, which has no transactions", f"ALTER TABLE {table} ENGINE=InnoDB"
        )


def _characters(connection: BaseDatabaseWrapper, not_ours: frozenset[str]) -> Iterator[Finding]:
    ours = {
        (model._meta.db_table, str(field.column))
        for model in _models()
        if model._meta.db_table not in not_ours
        for field in model._meta.local_concrete_fields
    }
    rows = _rows(connection, OTHER_CHARACTERS)
    if found := [f"{table}.{column}" for table, column in rows if (table, column) in ours]:
        yield broken(f"columns take not every character: {_some(found)}", f"{MIGRATE}: it makes them utf8mb4")


def _rows(connection: BaseDatabaseWrapper, statement: str) -> list[tuple[str, str]]:
    if connection.vendor != "mysql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(str(table), str(what)) for table, what in cursor.fetchall()]


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - NAMED_MOST} more" if len(listed) > NAMED_MOST else ""
    return ", ".join(listed[:NAMED_MOST]) + more
