"""How connections behave that Django makes for us; that the databases take it is tested wherever they are used."""

from chatproject.database.connecting import connection_options
from chatproject.database.url import MYSQL


def test_nobody_waits_for_a_server_that_hangs_and_nothing_is_cut_in_silence() -> None:
    options = connection_options(engine=MYSQL)

    assert all(options[name] <= 10 for name in ("connect_timeout", "read_timeout", "write_timeout"))
    assert "STRICT_TRANS_TABLES" in options["init_command"]
    assert options["isolation_level"] == "read committed"


def test_a_transaction_on_sqlite_is_a_writers_from_its_beginning() -> None:
    assert connection_options(engine="django.db.backends.sqlite3")["transaction_mode"] == "IMMEDIATE"
