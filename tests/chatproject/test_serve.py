"""The production server: its limits, what it does not say, and how it ends."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.factories import ALICE, token_for
from tests.servers import HOST, RedisServer, Service, free_port, running
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


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables."""
    path = tmp_path_factory.mktemp("migrated") / "chat.sqlite3"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return path


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


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[ChatServer]:
    with running(chat_server(tmp_path, migrated)) as started:
        yield started


def test_answers_do_not_name_the_software(server: ChatServer) -> None:
    with server.get("/v1/healthz") as answer:
        assert "server" not in {name.lower() for name in answer.headers}


def test_a_socket_gets_no_compression_and_frames_up_to_the_limit(server: ChatServer) -> None:
    with connect(server.socket_url()) as alice:
        assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"
        assert alice.protocol.extensions == []
        alice.send("x" * 65_536)
        assert json.loads(alice.recv(WAIT_S))["code"] == "E-C001"
        alice.send("x" * 65_537)
        with pytest.raises(ConnectionClosedError) as closed:
            alice.recv(WAIT_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_the_log_has_json_lines_and_no_token(server: ChatServer) -> None:
    with connect(server.socket_url()) as alice:
        alice.recv(WAIT_S)
    refused = connect(server.socket_url(category="refresh"))
    with refused as stranger, pytest.raises(ConnectionClosedError):
        list(stranger)
    with pytest.raises(HTTPError):
        server.get(f"/v1/chat/my/rooms?access={token_for(ALICE)}")
    server.stop()

    lines = server.log.read_text().splitlines()
    assert any("GET /v1/chat/my/rooms 401" in line for line in lines)
    assert {"event", "level", "logger", "timestamp"} <= set(json.loads(lines[0]))
    assert all(json.loads(line) for line in lines)
    assert "access=" not in server.log.read_text()
    assert "eyJ" not in server.log.read_text()


def test_asked_to_end_it_closes_its_sockets_and_ends(server: ChatServer) -> None:
    with connect(server.socket_url()) as alice:
        alice.recv(WAIT_S)
        server.stop()
        last_words: list[str] = []
        with pytest.raises(ConnectionClosedError) as closed:
            last_words.extend(json.loads(frame)["type"] for frame in alice)

    assert last_words == ["bye"]
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


@pytest.mark.e2e
def test_two_workers_serve_one_port(tmp_path: Path, migrated: Path, redis_server: RedisServer) -> None:
    two = chat_server(tmp_path, migrated, "--workers", "2", redis_url=redis_server.url)
    with running(two) as server:
        with connect(server.socket_url()) as alice:
            assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"
        server.wait_for_log("Application startup complete", times=2)
