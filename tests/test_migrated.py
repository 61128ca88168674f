"""Copies of migrated databases are what migrating makes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.e2e.processes import environment, manage, migrate
from tests.servers import DatabaseServer


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies are kept, with none yet."""
    monkeypatch.setenv(migrated.DIRECTORY, str(tmp_path))
    return tmp_path


def test_a_file_is_migrated_once_and_copied_from_then_on(kept: Path) -> None:
    made: list[Path] = []

    def wanted(path: Path) -> None:
        def migrate() -> None:
            made.append(path)
            path.write_text("all tables")

        migrated.copy_sqlite(path, migrate)

    for name in ("first", "second"):
        wanted(kept / name)
    assert made == [kept / "first"]
    assert (kept / "second").read_text() == "all tables"


@pytest.fixture
def two_databases(mariadb: DatabaseServer) -> Iterator[list[str]]:
    urls = [mariadb.create_database() for _ in range(2)]
    yield urls
    for url in urls:
        mariadb.drop_database(url)


@pytest.mark.servers
def test_a_copy_has_every_table_and_row(kept: Path, two_databases: list[str]) -> None:
    for url in two_databases:
        migrate(environment(database_url=url))
    first, second = [contents(url) for url in two_databases]
    assert first == second
    assert "No changes detected" in manage(environment(database_url=two_databases[1]), "makemigrations", "--check")
    assert "[ ]" not in manage(environment(database_url=two_databases[1]), "showmigrations")


def contents(url: str) -> Any:
    connection = migrated._connect(url)
    try:
        return migrated.dump(connection)
    finally:
        connection.close()
