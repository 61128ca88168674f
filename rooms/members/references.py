"""What the database itself does with references to a member whose row is deleted: what `on_delete` says of each.

The main server deletes its users by plain SQL, so what Django would do does not happen. Django 5.2 makes foreign
keys without such a rule; after every `migrate` those of all apps are given it, whoever made them. A foreign key
that lacks altogether, as in tables made without any, is added.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.models import Member

RULES: dict[Any, str] = {models.CASCADE: "CASCADE", models.SET_NULL: "SET NULL"}
USERS, USER_ID = Member._meta.db_table, "user_id"

KEYS_ON_MYSQL = f"""
    SELECT k.constraint_name, r.delete_rule FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
        AND r.table_name = k.table_name
    WHERE k.table_schema = DATABASE() AND k.table_name = %s AND k.column_name = %s
        AND k.referenced_table_name = '{USERS}'
"""


class Reference(NamedTuple):
    """A column that holds a member's number, and the rule for it."""

    table: str
    column: str
    rule: str


def references() -> Iterator[Reference]:
    """Every reference to a member, of any app, that is to be a foreign key in the database.

    Raises KeyError where its on_delete is no rule of a database.
    """
    for relation in Member._meta.get_fields(include_hidden=True):
        field: Any = getattr(relation, "field", None)
        if isinstance(relation, models.ManyToOneRel) and field.db_constraint:
            yield Reference(field.model._meta.db_table, field.column, RULES[relation.on_delete])


def enforce_rules(*, using: str, **_signal: Any) -> None:
    """Receives `post_migrate`. Changes nothing where every key has its rule; leaves out what is not there yet."""
    database = connections[using]
    with database.cursor() as cursor:
        tables = set(database.introspection.table_names(cursor))
        for reference in references():
            if reference.table in tables and _takes_rule(database, cursor, reference):
                _ENFORCE[database.vendor](database, cursor, reference)


def _takes_rule(database: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> bool:
    columns = {one.name: one for one in database.introspection.get_table_description(cursor, reference.table)}
    found = columns.get(reference.column)
    return found is not None and (reference.rule == "CASCADE" or bool(found.null_ok))


def _enforce_on_mysql(database: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> None:
    table, column, rule = reference
    cursor.execute(KEYS_ON_MYSQL, [table, column])
    keys = dict(cursor.fetchall())
    if rule not in keys.values():
        if not keys:
            _follow_rule(cursor, reference)
        name = f"{table}_{column}_{rule}".lower().replace(" ", "_")
        with database.constraint_checks_disabled():  # checked it would copy the table; all rows have a member here
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column})"
                f" REFERENCES {USERS} ({USER_ID}) ON DELETE {rule}"
            )
    for name in [name for name, found in keys.items() if found != rule]:
        cursor.execute(f"ALTER TABLE {table} DROP FOREIGN KEY {name}")


def _follow_rule(cursor: Any, reference: Reference) -> None:
    """Do what the rule says with those rows whose member was deleted before there was a rule."""
    table, column, rule = reference
    what = f"DELETE FROM {table}" if rule == "CASCADE" else f"UPDATE {table} SET {column} = NULL"
    orphans = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {USER_ID} FROM {USERS})"
    cursor.execute(f"{what} WHERE {orphans}")


def _enforce_on_sqlite(database: BaseDatabaseWrapper, cursor: Any, reference: Reference) -> None:
    """As https://www.sqlite.org/lang_altertable.html says of changes that do not touch what is stored."""
    table, column, rule = reference
    cursor.execute('SELECT on_delete FROM pragma_foreign_key_list(%s) WHERE "from" = %s', [table, column])
    if cursor.fetchall() == [(rule,)]:
        return
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    [(made_by,)] = cursor.fetchall()
    key = rf'("?\b{column}\b"?\s[^,]*?REFERENCES\s+"?{USERS}"?\s*\("?{USER_ID}"?\))(\s+ON DELETE [A-Z]+( NULL)?)?'
    cursor.execute("PRAGMA schema_version")
    [(schema_version,)] = cursor.fetchall()
    cursor.execute("PRAGMA writable_schema = ON")
    cursor.execute(
        "UPDATE sqlite_master SET sql = %s WHERE type = 'table' AND name = %s",
        [re.sub(key, rf"\1 ON DELETE {rule}", made_by, count=1), table],
    )
    cursor.execute(f"PRAGMA schema_version = {schema_version + 1}")
    cursor.execute("PRAGMA writable_schema = OFF")


_ENFORCE = {"mysql": _enforce_on_mysql, "sqlite": _enforce_on_sqlite}
