"""The way to the database: plaintext where TLS was asked for is refused, and told where it leaves the house."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from chatproject.database.link import require_encryption, warn_of_open_link
from tests.servers import private_mariadb
from tests.times import WAIT_S

WARNING = "neither on this machine nor in a private network"


def mysql(host: str, **options: Any) -> dict[str, Any]:
    return {"HOST": host, "OPTIONS": options}


def warned(database: dict[str, Any], caplog: pytest.LogCaptureFixture) -> bool:
    with caplog.at_level(logging.WARNING):
        thread = warn_of_open_link(database)
    if thread is not None:
        thread.join(WAIT_S)
        assert not thread.is_alive()
    return WARNING in caplog.text


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_a_plaintext_link_over_public_addresses_is_warned_of(host: str, caplog: pytest.LogCaptureFixture) -> None:
    assert warned(mysql(host), caplog)


@pytest.mark.parametrize(
    "host", ["", "/run/mysqld.sock", "127.0.0.1", "::1", "localhost", "10.1.2.3", "172.18.0.2", "192.168.0.9"]
)
def test_on_this_machine_or_in_a_private_network_nobody_is_warned(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert not warned(mysql(host), caplog)


@pytest.mark.parametrize("host", ["100.64.0.7", "169.254.1.1", "fd00::7", "fe80::1%lo", "a..b"])
def test_what_others_cannot_reach_or_nobody_finds_is_not_warned_of(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert not warned(mysql(host), caplog)


def test_a_link_that_is_encrypted_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert not warned(mysql("8.8.8.8", ssl_mode="REQUIRED"), caplog)


def test_sqlite_has_no_link(caplog: pytest.LogCaptureFixture) -> None:
    assert not warned({"NAME": "chat.sqlite3"}, caplog)


@pytest.mark.django_db
def test_who_did_not_ask_for_tls_is_not_looked_at(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        require_encryption(connection=connection)


@pytest.mark.servers
def test_a_server_that_says_it_has_no_tls_is_told_nothing(tmp_path: Path) -> None:
    with private_mariadb("--skip-ssl", durable=False) as server:
        url = f"{server.create_database()}?sslmode=require"
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate"],
            env={"DEBUG": "1", "DATABASE_URL": url, "PATH": str(tmp_path)},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )

    assert done.returncode == 1
    assert "The database speaks no TLS, which DATABASE_URL asks for." in done.stderr
