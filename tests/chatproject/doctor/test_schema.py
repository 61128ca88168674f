"""Tables that are as the models say, and what was taken out of them by hand."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from chatproject.doctor.schema import look_at_schema
from messaging.models import Message
from messaging.search_models import SearchStale
from tests.chatproject.doctor.asking import said

pytestmark = pytest.mark.django_db


def found(**options: Any) -> list[str]:
    return said(look_at_schema("default", **options))


def test_what_migrate_made_lacks_nothing() -> None:
    assert found(not_ours=["users"]) == []


def test_migrations_that_lack_and_those_of_a_newer_build_are_told() -> None:
    MigrationRecorder.Migration.objects.create(app="rooms", name="9999_of_tomorrow")
    assert found() == [
        "warning: the database has 1 migrations that this build does not know: rooms.9999_of_tomorrow"
    ]
    last = MigrationRecorder.Migration.objects.filter(app="messaging").latest("name")
    last.delete()
    assert found() == [f"broken: 1 migrations have not run: messaging.{last.name}"]


@pytest.mark.django_db(transaction=True)
def test_a_table_a_column_and_an_index_that_lack_are_named() -> None:
    index = next(one for one in Message._meta.indexes if one.name == "message_by_version")
    column = Message._meta.get_field("edited_at")
    with connection.schema_editor() as editor:
        editor.remove_index(Message, index)
        editor.delete_model(SearchStale)
        editor.remove_field(Message, column)
    try:
        lines = found(not_ours=["users"])
    finally:
        with connection.schema_editor() as editor:
            editor.add_field(Message, column)
            editor.create_model(SearchStale)
            editor.add_index(Message, index)
    assert lines == [
        f"broken: tables are missing: {SearchStale._meta.db_table}",
        "broken: columns are missing: chat_messages.edited_at",
        "broken: indexes are missing: chat_messages (chat_room_id, version)",
    ]
    assert found(not_ours=["users"]) == []


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_and_an_engine_are_looked_at_too() -> None:
    with connection.cursor() as cursor:
        keys = connection.introspection.get_constraints(cursor, "chat_earlier_texts")
        [(name, key)] = [(name, one) for name, one in keys.items() if one["foreign_key"]]
        cursor.execute(f"ALTER TABLE chat_earlier_texts DROP FOREIGN KEY {name}")
        cursor.execute("ALTER TABLE chat_earlier_texts ENGINE=MyISAM")
        cursor.execute("ALTER TABLE chat_earlier_texts MODIFY contents LONGTEXT CHARACTER SET latin1 NOT NULL")
        try:
            lines = found()
        finally:
            cursor.execute("ALTER TABLE chat_earlier_texts ENGINE=InnoDB")
            cursor.execute(
                "ALTER TABLE chat_earlier_texts MODIFY contents LONGTEXT CHARACTER SET utf8mb4 NOT NULL"
            )
            table, column = key["foreign_key"] or ("", "")
            cursor.execute(
                f"ALTER TABLE chat_earlier_texts ADD CONSTRAINT {name} FOREIGN KEY (message_id)"
                f" REFERENCES {table} ({column})"
            )
    assert lines == [
        "broken: foreign keys are missing: chat_earlier_texts.message_id",
        "broken: chat_earlier_texts is kept by MyISAM, which has no transactions",
        "broken: columns take not every character: chat_earlier_texts.contents",
    ]
    assert found(not_ours=["users"]) == []
