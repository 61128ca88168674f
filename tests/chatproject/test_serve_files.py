"""Files that arrived are checked by servers themselves, or by a process apart."""

import asyncio
import sqlite3
import sys
import urllib.request
from pathlib import Path

import pytest

from messaging.files.storage.naming import coming_name
from tests.chatproject.chat_server import ROOT, ChatServer, chat_server
from tests.messaging.people import eventually
from tests.servers import HOST, Service, free_port, running

KEY = "0123456789abcdef0123456789abcdef"
CHECKED = 'chat_files_checked_total{outcome="ready"} 1.0'
LINE = b"a line of a log\n"


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> ChatServer:
    """Not started yet. A log arrived there."""
    server = chat_server(tmp_path, migrated)
    server.environment["FILES_URL"] = f"file://{tmp_path}/files"
    came = tmp_path / "files" / coming_name(KEY)
    came.parent.mkdir(parents=True)
    came.write_bytes(LINE)
    values = {
        "room_id": 1,
        "name": "a.log",
        "media_type": "text/plain",
        "size": len(LINE),
        "state": "checking",
        "key": KEY,
        "created_at": "2026-11-30 09:00:00",
        "expires_at": "2099-11-30 09:00:00",
        **dict.fromkeys(("alt", "reason", "holder"), ""),
        **dict.fromkeys(("is_preview", "is_held", "is_untold", "kept_size", "tries"), 0),
    }
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    with sqlite3.connect(tmp_path / "chat.sqlite3") as database:
        database.execute(f"INSERT INTO chat_files ({columns}) VALUES ({places})", list(values.values()))
    database.close()
    return server


def metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics") as answer:
        text: str = answer.read().decode()
    return text


async def test_a_server_checks_what_arrived(server: ChatServer) -> None:
    with running(server):
        server.get("/readyz")
        await eventually(lambda: CHECKED in metrics(server.port))


async def test_where_servers_check_nothing_a_command_does(server: ChatServer, tmp_path: Path) -> None:
    server.environment["CHECK_FILES"] = "0"
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "check_files", "--metrics-port", str(port)]
    apart = Service("checker", command, port, tmp_path / "checker.log", server.environment)
    with running(server), running(apart):
        server.get("/readyz")
        await eventually(lambda: CHECKED in metrics(port))
        await asyncio.to_thread(apart.stop)
        assert CHECKED not in metrics(server.port)
