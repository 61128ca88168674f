"""How every connection to the database behaves: its isolation, how long it waits. Knows no table."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from chatproject.database.url import MYSQL, read_database
from chatproject.environment import read_text

REPLICA_ALIAS = "replica"
# seconds; a request has 4 in all, and where the replica does not answer the primary does behind it
REPLICA_PATIENCE = {"connect_timeout": 1, "read_timeout": 2}


def connection_options(*, engine: str) -> dict[str, Any]:
    """What Django passes to the driver of `engine`; what DATABASE_URL itself says comes on top."""
    if engine == MYSQL:
        return {
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "init_command": (
                "SET SESSION innodb_lock_wait_timeout = 3,"  # its default of 50 s outlasts every caller
                # else a server may cut what is too long, and put "?" for what it cannot keep, without a word
                " sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_TRANS_TABLES')"
            ),
            "connect_timeout": 3,
            # seconds; a stopped server must not hold one of the few database threads for longer
            "read_timeout": 10,
            "write_timeout": 10,
        }
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds to wait for the one writer
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }


def read_replica(name: str, *, primary: dict[str, Any]) -> dict[str, Any] | None:
    """Django's dictionary of a replica of the database `primary`; None where none is set."""
    if not read_text(name):
        return None
    if primary["ENGINE"] != MYSQL:
        raise ImproperlyConfigured(f"Set {name} beside a mysql:// URL in DATABASE_URL: a file has no replica.")
    replica = read_database(name, default_file=Path())
    if replica["ENGINE"] != MYSQL:
        raise ImproperlyConfigured(
            f"Set {name} to a mysql:// URL: it is a replica of the database of DATABASE_URL."
        )
    options = connection_options(engine=MYSQL) | REPLICA_PATIENCE | replica["OPTIONS"]
    return {**replica, "CONN_MAX_AGE": primary["CONN_MAX_AGE"], "OPTIONS": options}
