"""The production server: its limits, what it does not say, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.factories import ALICE, token_for
from tests.servers import HOST, RedisServer, free_port

ROOT = Path(settings.BASE_DIR)
WAIT_S = 30.0


class Server:
    """`manage.py serve` as a process, with its log in a file."""

    def __init__(self, directory: Path, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.log = directory / "log"
        given = os.environ | {"DEBUG": "0", "ALLOWED_HOSTS": "chat.example.com"}
        given["DATABASE_URL"] = f"sqlite:///{directory}/chat.sqlite3"
        given.pop("REDIS_URL", None)
        self.environment = given | environment
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=self.environment, check=True)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port), *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        self.wait_until_healthy()

    def get(self, path: str) -> HTTPResponse:
        answer: HTTPResponse = urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=WAIT_S)
        return answer

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + WAIT_S
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError), self.get("/v1/healthz"):
                return
        raise AssertionError(self.log.read_text())

    def socket_url(self, **query: str) -> str:
        token = token_for(ALICE, nickname="alice")
        return f"ws://{HOST}:{self.port}/v2/chat/connect?access={query.get('access', token)}"

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


def test_answers_do_not_name_the_software(server: Server) -> None:
    with server.get("/v1/healthz") as answer:
        assert "server" not in {name.lower() for name in answer.headers}


def test_a_socket_gets_no_compression_and_frames_up_to_the_limit(server: Server) -> None:
    with connect(server.socket_url()) as alice:
        assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"
        assert alice.protocol.extensions == []
        alice.send("x" * 32_768)
        assert json.loads(alice.recv(WAIT_S))["code"] == "E-C001"
        alice.send("x" * 32_769)
        with pytest.raises(ConnectionClosedError) as closed:
            alice.recv(WAIT_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_the_log_has_json_lines_and_no_token(server: Server) -> None:
    with connect(server.socket_url()) as alice:
        alice.recv(WAIT_S)
    refused = connect(server.socket_url(access=token_for(ALICE, category="refresh")))
    with refused as stranger, pytest.raises(ConnectionClosedError):
        stranger.recv(WAIT_S)
    with pytest.raises(HTTPError):
        server.get(f"/v1/chat/my/rooms?access={token_for(ALICE)}")
    server.stop()

    lines = server.log.read_text().splitlines()
    assert any("GET /v1/chat/my/rooms 401" in line for line in lines)
    assert {"event", "level", "logger", "timestamp"} <= set(json.loads(lines[0]))
    assert all(json.loads(line) for line in lines)
    assert "access=" not in server.log.read_text()
    assert "eyJ" not in server.log.read_text()


def test_asked_to_end_it_closes_its_sockets_and_ends(server: Server) -> None:
    with connect(server.socket_url()) as alice:
        alice.recv(WAIT_S)
        code = server.stop()
        last_words: list[str] = []
        with pytest.raises(ConnectionClosedError) as closed:
            last_words.extend(json.loads(frame)["type"] for frame in alice)

    assert code in (0, -signal.SIGTERM)
    assert last_words == ["bye"]
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


@pytest.mark.e2e
def test_two_workers_serve_one_port(tmp_path: Path, redis_server: RedisServer) -> None:
    server = Server(tmp_path, "--workers", "2", REDIS_URL=redis_server.url)
    try:
        with connect(server.socket_url()) as alice:
            assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"
        assert server.stop() in (0, -signal.SIGTERM)
    finally:
        server.process.kill()
        server.process.wait()

    assert server.log.read_text().count("Application startup complete") == 2
