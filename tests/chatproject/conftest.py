"""A production server on a database of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chatproject.chat_server import ROOT, ChatServer, chat_server
from tests.migrated import copy_sqlite
from tests.servers import running


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables."""
    path = tmp_path_factory.mktemp("migrated") / "chat.sqlite3"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{path}"}
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    copy_sqlite(path, lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True))
    return path


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[ChatServer]:
    with running(chat_server(tmp_path, migrated)) as started:
        yield started
