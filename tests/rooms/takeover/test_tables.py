"""Whose tables are found: the replaced server's are taken over, somebody else's refused untouched."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from rooms.models import Member, Room
from tests.factories import ALICE
from tests.rooms import worn
from tests.rooms.catalogue import schema_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.legacy import leave_legacy_database, run_script


def test_a_table_that_lacks_a_column_is_named_in_one_sentence(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    leave_legacy_database(connections[alias])
    run_script(connections[alias], "ALTER TABLE chat_messages RENAME COLUMN contents TO body")

    with pytest.raises(CommandError) as refusal:
        call_command("migrate", database=alias, verbosity=0)

    assert str(refusal.value) == (
        "Tables with the replaced server's names are somebody else's: chat_messages lacks the column contents. "
        "Nothing was changed: name another database in DATABASE_URL."
    )
    assert "django_migrations" not in connections[alias].introspection.table_names()
    with pytest.raises(CommandError, match="chat_messages lacks the column contents"):
        call_command("rehearse_takeover", database=alias)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ("ALTER TABLE chat_rooms CHANGE name title varchar(50)", "chat_rooms lacks the column name"),
        ("ALTER TABLE chat_rooms ADD owner_id bigint NOT NULL", "chat_rooms.owner_id wants a value"),
        ("ALTER TABLE users MODIFY user_id varchar(36) NOT NULL", "users.user_id is varchar"),
        ("ALTER TABLE chat_messages MODIFY user_id bigint unsigned", "chat_messages.user_id is unsigned bigint"),
        ("ALTER TABLE chat_messages MODIFY chat_message_id bigint NOT NULL", "has no AUTO_INCREMENT"),
        ("ALTER TABLE read_status CHANGE is_read status int", "read_status lacks the column is_read"),
        ("ALTER TABLE chat_participants ENGINE=MyISAM", "chat_participants is kept by MyISAM"),
    ],
)
def test_tables_of_somebody_else_are_refused_untouched(
    empty_database: MakeDatabase, change: str, clause: str
) -> None:
    alias = empty_database()
    run_script(
        connections[alias], f"{worn.DATABASE}; SET SESSION sql_mode = ''; {change}; SET SESSION sql_mode = DEFAULT"
    )
    schema = schema_of(alias)

    with pytest.raises(CommandError, match=clause):
        call_command("migrate", database=alias, verbosity=0)

    assert schema_of(alias) == schema


@pytest.mark.servers
def test_beside_a_main_server_that_never_had_a_chat_its_users_are_members(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    run_script(connections[alias], worn.TABLES.partition(";")[0])
    run_script(connections[alias], "INSERT INTO users (user_id, email, nickname) VALUES (7, 'a', 'Alice')")

    call_command("migrate", database=alias, verbosity=0)

    assert Member.objects.using(alias).get(member_id=ALICE).nickname == "Alice"
    assert not Room.objects.using(alias).exists()
