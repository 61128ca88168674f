"""A copy that is well, one far behind, and a database that is none of ours."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from chatproject.doctor.replica import look_at_replica
from tests.chatproject.doctor.asking import connected, said
from tests.servers import DatabaseServer

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def deployment(server: DatabaseServer, name: str, newest: int) -> str:
    url = server.create_database()
    database = url.rpartition("/")[2]
    server.execute(f"CREATE TABLE {database}.chat_deployment SELECT '{name}' AS name")
    server.execute(f"CREATE TABLE {database}.chat_messages SELECT {newest} AS chat_message_id")
    return url


def found(ours: str, copy: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with connected(ours, monkeypatch, "ours") as primary, connected(copy, monkeypatch) as alias:
        return said(look_at_replica(alias, primary=primary), "broken", "warning", "ok")


def test_a_copy_is_told_from_what_is_none(mariadb: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = deployment(mariadb, "ours", 5_000)
    writable = "warning: the copy takes writes: it may come apart from the primary"
    assert found(ours, deployment(mariadb, "ours", 4_999), monkeypatch) == [
        writable,
        "ok: a copy of ours, 1 messages behind",
    ]
    assert found(ours, deployment(mariadb, "ours", 5), monkeypatch)[0].startswith(
        "warning: the copy is 4995 messages behind"
    )
    [words] = found(ours, deployment(mariadb, "theirs", 5_000), monkeypatch)
    assert words.startswith("broken: what DATABASE_READ_URL leads to is no copy")
