"""A MySQL or MariaDB that could not be written to is refused by `migrate` with one sentence, and left as it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from rooms.management.fitness import require_fit_database, tables_of_models
from tests.rooms.databases import empty_mysql_database
from tests.servers import private_mariadb

USERS = """
    user_id bigint AUTO_INCREMENT PRIMARY KEY, nickname varchar(20), role varchar(10),
    created_at datetime, updated_at datetime
"""


@pytest.fixture(scope="module")
def odd_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """On a server that logs statements and keeps tables in MyISAM unless told otherwise."""
    options = ["--log-bin=log", "--binlog-format=STATEMENT", "--default-storage-engine=MyISAM"]
    with (
        django_db_blocker.unblock(),
        private_mariadb(*options, durable=False) as server,
        empty_mysql_database(default="latin1", server=server) as alias,
    ):
        yield alias


def migrate(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0)


def run(alias: str, statement: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@pytest.mark.servers
def test_a_log_of_statements_is_refused_before_anything_is_made(odd_database: str) -> None:
    with pytest.raises(CommandError, match=r"^Set binlog_format to ROW or MIXED on the database server: "):
        migrate(odd_database)

    assert run(odd_database, "SHOW TABLES") == []


@pytest.mark.servers
@pytest.mark.parametrize("table", ["users", "auth_user", "chat_deployment", "django_admin_log"])
def test_tables_without_transactions_are_refused_by_name(odd_database: str, table: str) -> None:
    run(odd_database, "SET GLOBAL binlog_format = 'ROW'")
    run(odd_database, f"CREATE TABLE {table} ({USERS}) ENGINE=MyISAM")
    run(odd_database, "CREATE TABLE orders (id int) ENGINE=MyISAM")  # somebody else's
    try:
        with pytest.raises(
            CommandError, match=f"^{table} is kept by MyISAM, not InnoDB.*ALTER TABLE {table} ENGINE"
        ):
            migrate(odd_database)
        assert {name for (name,) in run(odd_database, "SHOW TABLES")} == {table, "orders"}
    finally:
        run(odd_database, f"DROP TABLE {table}, orders")


@pytest.mark.servers
def test_what_is_made_has_transactions_and_every_character_whatever_the_server_prefers(odd_database: str) -> None:
    run(odd_database, "SET GLOBAL binlog_format = 'MIXED'")
    migrate(odd_database)

    made = run(
        odd_database,
        "SELECT DISTINCT engine, LEFT(table_collation, 7) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )
    assert made == [("InnoDB", "utf8mb4")]


@pytest.mark.django_db
def test_the_database_of_these_tests_is_fit() -> None:
    require_fit_database(connections["default"])


def test_the_tables_are_those_of_every_app() -> None:
    tables = tables_of_models()

    assert {"users", "chat_rooms", "chat_messages", "assistant_runs", "auth_user", "django_session"} <= set(tables)
    assert {"django_migrations", "django_content_type", "auth_user_groups", "django_admin_log"} <= set(tables)
    assert {"user_id", "nickname"} <= tables["users"]
