"""How connections behave that Django makes for us; that the databases take it is tested wherever they are used."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.database.connecting import REPLICA_PATIENCE, connection_options, read_replica
from chatproject.database.url import MYSQL, SQLITE

PRIMARY = {"ENGINE": MYSQL, "CONN_MAX_AGE": 0}


def test_nobody_waits_for_a_server_that_hangs_and_nothing_is_cut_in_silence() -> None:
    options = connection_options(engine=MYSQL)

    assert all(options[name] <= 10 for name in ("connect_timeout", "read_timeout", "write_timeout"))
    assert "STRICT_TRANS_TABLES" in options["init_command"]
    assert options["isolation_level"] == "read committed"


def test_a_transaction_on_sqlite_is_a_writers_from_its_beginning() -> None:
    assert connection_options(engine="django.db.backends.sqlite3")["transaction_mode"] == "IMMEDIATE"


def test_a_replica_behaves_as_the_primary_but_for_how_long_anybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_replica("DATABASE_READ_URL", primary=PRIMARY) is None
    monkeypatch.setenv("DATABASE_READ_URL", "mysql://reader:secret@copy/chat?read_timeout=1")

    replica = read_replica("DATABASE_READ_URL", primary=PRIMARY)

    assert replica is not None
    assert (replica["HOST"], replica["USER"], replica["CONN_MAX_AGE"]) == ("copy", "reader", 0)
    assert replica["OPTIONS"] == connection_options(engine=MYSQL) | REPLICA_PATIENCE | {"read_timeout": 1}


@pytest.mark.parametrize(
    ("engine", "url", "sentence"),
    [
        (SQLITE, "mysql://u:p@copy/chat", "beside a mysql:// URL in DATABASE_URL: a file has no replica"),
        (MYSQL, "sqlite:///copy.sqlite3", "to a mysql:// URL: it is a replica of the database of DATABASE_URL"),
    ],
)
def test_a_file_has_no_replica_and_is_none(
    engine: str, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_READ_URL", url)

    with pytest.raises(ImproperlyConfigured, match=f"^Set DATABASE_READ_URL {sentence}"):
        read_replica("DATABASE_READ_URL", primary={"ENGINE": engine, "CONN_MAX_AGE": 0})
