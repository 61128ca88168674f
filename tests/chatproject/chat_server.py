"""`manage.py serve` as a process on SQLite."""

import shutil
import sys
import urllib.request
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.factories import ALICE, token_for
from tests.servers import HOST, Service, free_port
from tests.times import WAIT_S

ROOT = Path(settings.BASE_DIR)


@dataclass
class ChatServer(Service):
    """`manage.py serve` as a process on SQLite, with its log in a file."""

    def get(self, path: str) -> HTTPResponse:
        answer: HTTPResponse = urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=WAIT_S)
        return answer

    def socket_url(self, **claims: Any) -> str:
        token = token_for(ALICE, nickname="alice", **claims)
        return f"ws://{HOST}:{self.port}/v2/chat/connect?access={token}"


def chat_server(directory: Path, migrated: Path, *arguments: str, redis_url: str = "") -> ChatServer:
    shutil.copy(migrated, directory / "chat.sqlite3")
    port = free_port()
    return ChatServer(
        "chat server",
        [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port), *arguments],
        port,
        directory / "log",
        {
            "DEBUG": "0",
            "ALLOWED_HOSTS": "chat.example.com",
            "DATABASE_URL": f"sqlite:///{directory}/chat.sqlite3",
            "REDIS_URL": redis_url,
        },
    )
