"""A MariaDB that is set up wrongly in every way, one that is not there, and one that is well."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from chatproject.doctor.mysql import look_at_mysql
from tests.chatproject.doctor.asking import connected, said
from tests.servers import DatabaseServer, free_port, private_mariadb

pytestmark = pytest.mark.servers

WRONG = (
    *("--log-bin", "--binlog-format=STATEMENT", "--sync-binlog=0", "--max-connections=25", "--wait-timeout=30"),
    *("--max-allowed-packet=1M", "--sql-mode=NO_BACKSLASH_ESCAPES", "--character-set-server=latin1"),
    *("--collation-server=latin1_swedish_ci", "--max-user-connections=5"),
)


@pytest.fixture(autouse=True)
def _unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def found(url: str, monkeypatch: pytest.MonkeyPatch, *, threads: int = 4) -> str:
    with connected(url, monkeypatch) as alias:
        return "\n".join(said(look_at_mysql(alias, threads=threads)))


def test_every_fault_of_a_server_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with private_mariadb(*WRONG, durable=False) as server:
        url = server.create_database()
        server.execute("CREATE USER 'poor'@'%' IDENTIFIED BY 'hunter22'")
        server.execute(f"GRANT SELECT, INSERT ON {url.rpartition('/')[2]}.* TO 'poor'@'%'")
        poor = url.replace("root@", "poor:hunter22@")
        words = found(poor, monkeypatch, threads=4)
        for fault in (
            "broken: binlog_format is STATEMENT",
            "warning: innodb_flush_log_at_trx_commit is 0",
            "warning: sync_binlog is 0",
            "warning: max_connections is 25; a process of this server takes 23 at most (DB_THREADS=4): two",
            "broken: max_user_connections is 5",
            "warning: wait_timeout is 30 s",
            "warning: max_allowed_packet is 1024 KiB",
            "warning: sql_mode has NO_BACKSLASH_ESCAPES",
            "broken: the user may not UPDATE, DELETE",
        ):
            assert fault in words
        assert "not even one has enough" in found(poor, monkeypatch, threads=8)
        wrong = found(poor.replace("hunter22", "hunter23"), monkeypatch)
        assert "cannot be reached: OperationalError: (1045" in wrong
        assert "(1044" in found(poor.replace(url.rpartition("/")[2], "nowhere"), monkeypatch)
        server.execute("SET GLOBAL read_only = ON")
        assert "is read-only" in found(poor, monkeypatch)


def test_a_server_that_is_not_there_is_told_with_where_it_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    words = found(f"mysql://chat:hunter22@127.0.0.1:{port}/chat", monkeypatch)
    assert words.startswith(f"broken: 127.0.0.1:{port}/chat cannot be reached: OperationalError: (2002")
    assert "hunter22" not in words


def test_of_a_server_that_is_well_only_the_tests_own_shortcuts_are_said(
    mariadb: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = found(mariadb.create_database(), monkeypatch).splitlines()
    assert [line for line in words if "innodb_flush_log" not in line and "may do everything" not in line] == []
