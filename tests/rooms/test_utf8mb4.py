"""`migrate` on a MySQL or MariaDB whose default is not utf8mb4: every text takes every character all the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.commands import migrate as usual_migrate
from django.db import connections

from rooms.models import Room
from tests.rooms.databases import empty_mysql_database
from tests.rooms.legacy import leave_legacy_database

pytestmark = pytest.mark.servers

TEXTS = """
    SELECT table_name, column_name, character_set_name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL
"""


@pytest.fixture
def latin1(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), empty_mysql_database(default="latin1") as alias:
        yield alias


def migrate(alias: str, **options: Any) -> None:
    call_command("migrate", database=alias, verbosity=0, **options)


def migrate_as_before(alias: str) -> None:
    """As versions did before help lines were shipped; Django's own `migrate` makes tables of any kind."""
    for where in (
        ("messaging", "0010"),
        ("rooms", "0013"),
        ("assistant", "0008"),
        ("auth",),
        ("admin",),
        ("sessions",),
    ):
        call_command(usual_migrate.Command(), *where, database=alias, verbosity=0)


def run(alias: str, statement: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def other_texts(alias: str) -> set[tuple[str, str]]:
    """Columns that take some characters only, those apart that hold keys of ASCII letters."""
    return {(table, column) for table, column, charset in run(alias, TEXTS) if charset not in ("utf8mb4", "ascii")}


def require_every_character(alias: str) -> None:
    User.objects.using(alias).create(username="운영자🍣", first_name="지은")
    room = Room.objects.using(alias).create(name="고민상담방🍣", assistant_name="도우미🍺")
    assert User.objects.using(alias).get(username="운영자🍣").first_name == "지은"
    assert Room.objects.using(alias).get(pk=room.pk).assistant_name == "도우미🍺"


def test_a_new_database_takes_every_character_in_every_table(latin1: str) -> None:
    migrate(latin1)

    assert other_texts(latin1) == set()
    require_every_character(latin1)


def test_tables_that_an_earlier_migrate_made_are_converted(latin1: str) -> None:
    migrate_as_before(latin1)
    User.objects.using(latin1).create(username="café")
    assert {"auth_user", "django_session", "assistant_rooms"} <= {table for table, _column in other_texts(latin1)}

    migrate(latin1)

    assert {(table, column) for table, column in other_texts(latin1) if table != "users"} == set()
    assert User.objects.using(latin1).get().username == "café"
    require_every_character(latin1)


def test_exact_names_stay_exact_and_nothing_is_left_to_do(latin1: str) -> None:
    migrate_as_before(latin1)
    migrate(latin1)
    once = run(latin1, "SHOW CREATE TABLE chat_rooms")
    migrate(latin1)

    assert run(latin1, "SHOW CREATE TABLE chat_rooms") == once
    Room.objects.using(latin1).create(name="Sofia")
    Room.objects.using(latin1).create(name="sofia")


def test_what_the_main_server_added_to_its_tables_stays_as_it_is(latin1: str) -> None:
    leave_legacy_database(connections[latin1])
    run(latin1, "ALTER TABLE users ADD memo varchar(30) CHARACTER SET latin1")
    run(latin1, "ALTER TABLE chat_rooms ADD memo varchar(30) CHARACTER SET latin1")
    run(latin1, "CREATE TABLE orders (name varchar(30)) CHARACTER SET latin1")

    migrate(latin1, fake_initial=True)

    assert other_texts(latin1) == {("users", "memo"), ("chat_rooms", "memo"), ("orders", "name")}
    require_every_character(latin1)


def test_a_database_that_takes_every_character_keeps_its_collation(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    default = "utf8mb4 COLLATE utf8mb4_unicode_ci"
    with django_db_blocker.unblock(), empty_mysql_database(default=default) as alias:
        migrate(alias)
        [(collation,)] = run(
            alias,
            "SELECT table_collation FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_name = 'auth_user'",
        )
    assert collation == "utf8mb4_unicode_ci"


def test_a_look_at_the_plan_changes_nothing(latin1: str) -> None:
    call_command(usual_migrate.Command(), "auth", database=latin1, verbosity=0)
    before = other_texts(latin1)

    migrate(latin1, plan=True)

    assert other_texts(latin1) == before
