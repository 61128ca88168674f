"""How every connection to the database behaves: its isolation, how long it waits. Knows no table."""

from typing import Any

from chatproject.database.url import MYSQL


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
