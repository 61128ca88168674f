"""The way back: what is ours goes out of the replaced server's tables, what was said and read meanwhile stays.

On MySQL and MariaDB, each step by what the catalogue says is there, so that it may be interrupted and run again.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from rooms.takeover import catalogue, read_marks
from rooms.takeover.room_names import LONGEST, plan_names
from rooms.takeover.tables import TABLES, TIMES, WRITTEN, columns_of, present_tables

SET_ASIDE = "chat_messages_set_aside"
MAKE_SET_ASIDE = f"""
    CREATE TABLE IF NOT EXISTS {SET_ASIDE} (
        chat_message_id bigint NOT NULL PRIMARY KEY, chat_room_id bigint NOT NULL, kind varchar(20) NOT NULL,
        contents longtext CHARACTER SET utf8mb4 NOT NULL, created_at datetime(6) NOT NULL
    ) ENGINE=InnoDB
"""
PUT_ASIDE = f"""
    INSERT IGNORE INTO {SET_ASIDE} SELECT chat_message_id, chat_room_id, kind, contents, created_at
    FROM chat_messages WHERE
"""
PRIVATE_NAMES = """
    SELECT chat_room_id, (
        SELECT GROUP_CONCAT(u.nickname ORDER BY p.chat_participant_id SEPARATOR '-')
        FROM chat_participants p JOIN users u ON u.user_id = p.user_id WHERE p.chat_room_id = r.chat_room_id
    ) FROM chat_rooms r WHERE name IS NULL
"""
TIME = "MODIFY {column} datetime(6) NULL DEFAULT CURRENT_TIMESTAMP(6)"
AS_IT_WAS = {
    "chat_rooms": ["MODIFY name {name} NOT NULL", *(TIME.format(column=column) for column in TIMES)],
    "chat_participants": [],
    "chat_messages": ["MODIFY user_id bigint NOT NULL", *(TIME.format(column=column) for column in TIMES)],
}


def is_something_left(connection: BaseDatabaseWrapper) -> bool:
    """Whether anything of ours is in the database."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if tables & set(_our_tables()) or set(_our_apps()) & {app for app, _name in _applied(connection)}:
        return True
    return any(_our_columns(connection, table) for table in present_tables(connection) if table in WRITTEN)


def hand_back(connection: BaseDatabaseWrapper, *, author_id: int | None = None) -> None:
    """Do it. Messages that no member wrote become those of `author_id`, or are put aside."""
    # columns go only when this is done
    if {"seq", "read_seq"} <= {
        *columns_of(connection, "chat_messages"),
        *columns_of(connection, "chat_participants"),
    }:
        _find_authors(connection, author_id)
        _empty_what_was_deleted(connection)
        _empty_what_is_hidden(connection)
        _say_where_files_are_missing(connection)
        read_marks.rebuild(connection)
    for table in WRITTEN:
        _drop_our_constraints(connection, table)
    _name_private_rooms(connection)
    with connection.constraint_checks_disabled():
        for table in WRITTEN:
            _drop_our_columns(connection, table)
        for table in _our_tables():
            catalogue.execute(connection, f"DROP TABLE IF EXISTS `{table}`")
    _forget_migrations(connection)


def _applied(connection: BaseDatabaseWrapper) -> Iterable[tuple[str, str]]:
    return MigrationRecorder(connection).applied_migrations()


# --- what is ours --------------------------------------------------------------------------------


def _our_apps() -> list[str]:
    here = Path(settings.BASE_DIR)
    return [config.label for config in apps.get_app_configs() if here in Path(config.path).parents]


def _our_models() -> Iterator[type[Model]]:
    for label in _our_apps():
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def _our_tables() -> list[str]:
    """Those that the replaced server did not have."""
    return [model._meta.db_table for model in _our_models() if model._meta.db_table not in TABLES]


def _our_columns(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    theirs = TABLES[table].keys() | TIMES.keys()
    [model] = [model for model in _our_models() if model._meta.db_table == table]
    fields: Iterable[Any] = model._meta.local_fields
    present = columns_of(connection, table)
    return [field.column for field in fields if field.column in present and field.column not in theirs]


# --- what was said -------------------------------------------------------------------------------


def _find_authors(connection: BaseDatabaseWrapper, author_id: int | None) -> None:
    """The replaced server reads no message without an author: the assistant's, notices, those of who is gone."""
    if author_id is not None:
        catalogue.execute(connection, "UPDATE chat_messages SET user_id = %s WHERE user_id IS NULL", author_id)
        return
    catalogue.execute(connection, MAKE_SET_ASIDE)
    with transaction.atomic(using=connection.alias):
        catalogue.execute(connection, f"{PUT_ASIDE} user_id IS NULL")
        catalogue.execute(connection, "DELETE FROM chat_messages WHERE user_id IS NULL")


def _empty_what_was_deleted(connection: BaseDatabaseWrapper) -> None:
    catalogue.execute(connection, "UPDATE chat_messages SET contents = '' WHERE deleted_at IS NOT NULL")


def _empty_what_is_hidden(connection: BaseDatabaseWrapper) -> None:
    """The replaced server would show it to everyone. It may have to be shown again, so it is put aside."""
    if "hidden_at" not in columns_of(connection, "chat_messages"):
        return
    is_hidden = "hidden_at IS NOT NULL AND deleted_at IS NULL AND contents <> ''"
    catalogue.execute(connection, MAKE_SET_ASIDE)
    with transaction.atomic(using=connection.alias):
        catalogue.execute(connection, f"{PUT_ASIDE} {is_hidden}")
        catalogue.execute(connection, f"UPDATE chat_messages SET contents = '' WHERE {is_hidden}")


def _say_where_files_are_missing(connection: BaseDatabaseWrapper) -> None:
    """The replaced server knows none: a message of files alone would be empty."""
    if {"marks", "hidden_at"} <= columns_of(connection, "chat_messages").keys():
        has_files = "marks LIKE %s AND contents = '' AND deleted_at IS NULL AND hidden_at IS NULL"
        written = f"UPDATE chat_messages SET contents = '(파일)' WHERE {has_files}"
        catalogue.execute(connection, written, '%"attachments":[%')


def _name_private_rooms(connection: BaseDatabaseWrapper) -> None:
    """As the replaced server calls them: "Alice-Bob", by who came first."""
    longest = columns_of(connection, "chat_rooms")["name"].longest or LONGEST
    with transaction.atomic(using=connection.alias):
        nameless = dict(catalogue.rows(connection, PRIVATE_NAMES))
        taken = [
            name for (name,) in catalogue.rows(connection, "SELECT name FROM chat_rooms WHERE name IS NOT NULL")
        ]
        named = nameless | plan_names(nameless, longest=min(LONGEST, longest), taken=taken)
        for room_id, name in named.items():
            catalogue.execute(connection, "UPDATE chat_rooms SET name = %s WHERE chat_room_id = %s", name, room_id)


# --- what holds the tables -----------------------------------------------------------------------


def _drop_our_constraints(connection: BaseDatabaseWrapper, table: str) -> None:
    """Foreign keys from columns that go, and checks and indexes by name; what other foreign keys need stays."""
    ours = _our_columns(connection, table)
    for key in catalogue.foreign_keys(connection, table):
        if key.column in ours:
            catalogue.execute(connection, f"ALTER TABLE {table} DROP FOREIGN KEY `{key.name}`")
        elif key.rule == "SET NULL":  # a message had to keep its place without its author
            _go_with_the_author(connection, table, key)
    for column in catalogue.keyed_columns(connection, table):
        catalogue.require_index(connection, table, column)
    for check in _our_names(table) & set(catalogue.checks(connection, table)):
        catalogue.execute(connection, f"ALTER TABLE {table} DROP CONSTRAINT `{check}`")
    for index in _our_indexes(connection, table, ours):
        catalogue.execute(connection, f"ALTER TABLE {table} DROP INDEX `{index}`")


def _our_names(table: str) -> set[str]:
    """Of constraints and indexes."""
    [model] = [model for model in _our_models() if model._meta.db_table == table]
    return {each.name for each in [*model._meta.constraints, *model._meta.indexes]}


def _our_indexes(connection: BaseDatabaseWrapper, table: str, our_columns: list[str]) -> list[str]:
    named = _our_names(table)
    indexes = catalogue.indexes(connection, table)
    return [name for name, columns in indexes.items() if name in named or set(columns) & set(our_columns)]


def _go_with_the_author(connection: BaseDatabaseWrapper, table: str, key: catalogue.ForeignKey) -> None:
    with connection.constraint_checks_disabled():
        catalogue.execute(
            connection,
            f"ALTER TABLE {table} DROP FOREIGN KEY `{key.name}`, ADD CONSTRAINT `{table}_{key.column}_back`"
            f" FOREIGN KEY ({key.column}) REFERENCES {key.to_table} ({key.to_column}) ON DELETE CASCADE",
        )


def _drop_our_columns(connection: BaseDatabaseWrapper, table: str) -> None:
    name = catalogue.text_type(connection, "chat_rooms", "name")
    changes = [f"DROP COLUMN `{column}`" for column in _our_columns(connection, table)]
    changes += [change.format(name=name) for change in AS_IT_WAS[table]]
    if changes:
        catalogue.execute(connection, f"ALTER TABLE {table} {', '.join(changes)}")


def _forget_migrations(connection: BaseDatabaseWrapper) -> None:
    """So that `migrate` takes the tables over again, should it be wanted."""
    for label in _our_apps():
        catalogue.execute(connection, "DELETE FROM django_migrations WHERE app = %s", label)
