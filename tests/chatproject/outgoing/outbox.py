"""The tables of events in the SQLite file of a server that runs as a process."""

import sqlite3
from pathlib import Path

from tests.chatproject.outgoing.receiver import SECRET


def put_test_event(file: Path, *, url: str) -> None:
    """An endpoint and a test event for it."""
    with sqlite3.connect(file) as database:
        database.execute(
            "INSERT INTO chat_event_endpoints VALUES (1, ?, 'main server', '[]', 1, 1, '', CURRENT_TIMESTAMP)",
            [url],
        )
        database.execute(
            "INSERT INTO chat_event_secrets (endpoint_id, secret, made_at) VALUES (1, ?, CURRENT_TIMESTAMP)",
            [SECRET],
        )
        database.execute(
            "INSERT INTO chat_events (endpoint_id, kind, created_at) VALUES (1, 'test', CURRENT_TIMESTAMP)"
        )
    database.close()


def holder(file: Path) -> str:
    """Who sends to the endpoint: "" for nobody."""
    with sqlite3.connect(file) as database:
        [name] = database.execute("SELECT holder FROM chat_event_states").fetchone()
    database.close()
    return str(name)
