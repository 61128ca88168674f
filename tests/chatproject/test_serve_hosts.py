"""The production server as proxies, watchers and browsers reach it: by what name, form and headers."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.chatproject.chat_server import ChatServer, chat_server
from tests.factories import ALICE, token_for
from tests.servers import HOST, RedisServer, running
from tests.times import WAIT_S

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)
NAME = "Host: chat.example.com\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[ChatServer]:
    """One for all tests that leave it as it was."""
    with running(chat_server(tmp_path_factory.mktemp("server"), migrated)) as started:
        yield started


def ask(port: int, head: str, body: bytes = b"", *, address: str = HOST) -> bytes:
    """Send a request as it stands and return the whole answer; the connection ends behind it."""
    with socket.create_connection((address, port), timeout=WAIT_S) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\n" * ("Upgrade:" not in head) + b"\r\n" + body)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@contextmanager
def open_socket(server: ChatServer, *, host: str, origin: str) -> Iterator[ClientConnection]:
    """A socket that says another Host than where it connects to."""
    url = f"ws://{host}/v2/chat/connect?access={token_for(ALICE, nickname='alice')}"
    with socket.create_connection((HOST, server.port), timeout=WAIT_S) as there:
        spoken_for: Any = origin  # typed as one of its own
        with connect(url, sock=there, proxy=None, origin=spoken_for) as opened:
            yield opened


@pytest.mark.parametrize("path", ["/v1/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["10.2.3.4:8081", "chat-1:8081", "chat_1:8081"])
def test_watchers_ask_by_address_or_by_the_name_of_a_container(server: ChatServer, path: str, host: str) -> None:
    assert status(ask(server.port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n")) == 200


@pytest.mark.parametrize(
    "host", ["chat.example.com", "chat.example.com:443", "CHAT.example.com", "chat.example.com."]
)
def test_the_pages_own_socket_comes_in_however_the_host_is_spelt(server: ChatServer, host: str) -> None:
    with open_socket(server, host=host, origin="https://chat.example.com") as alice:
        assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"


def test_a_socket_by_a_host_that_is_not_ours_is_refused(server: ChatServer) -> None:
    with (
        pytest.raises(InvalidStatus) as refusal,
        open_socket(server, host="evil.example", origin="https://evil.example"),
    ):
        pass

    assert refusal.value.response.status_code == 400
    server.wait_for_log("turned away with 400: host not allowed")


def test_an_absolute_target_is_taken(server: ChatServer) -> None:
    absolute = "http://chat.example.com"

    assert ask(server.port, f"GET {absolute}/v1/healthz HTTP/1.1\r\nHost: x\r\n").endswith(b"ok")
    assert status(ask(server.port, f"GET {absolute} HTTP/1.1\r\nHost: evil.example\r\n")) == 200
    assert status(ask(server.port, f"GET http://evil.example/ HTTP/1.1\r\n{NAME}")) == 400
    greeted = ask(server.port, f"GET {absolute}/v1/chat/connect HTTP/1.1\r\nHost: x\r\n{UPGRADE}")
    assert (status(greeted), greeted.rsplit(b"\r\n", 1)[1]) == (401, b"missing access token")


def test_a_chunked_body_arrives(server: ChatServer) -> None:
    def change(body: bytes, *headers: str) -> bytes:
        access = f"access: {token_for(ALICE, nickname='alice')}\r\nContent-Type: application/json\r\n"
        head = f"PUT /v1/chat/me/assistant HTTP/1.1\r\n{NAME}{access}{''.join(headers)}"
        return ask(server.port, head, body)

    said = json.dumps({"readable": False}).encode()
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (said[:5], said[5:])) + b"0\r\n\r\n"

    chunked, whole = (
        change(pieces, "Transfer-Encoding: chunked\r\n"),
        change(said, f"Content-Length: {len(said)}\r\n"),
    )
    assert (status(chunked), status(whole)) == (200, 200)
    assert b'"readable":false' in chunked.replace(b" ", b"")


@pytest.mark.parametrize("upgrade", ["", UPGRADE], ids=["http", "socket"])
def test_the_cookies_of_a_big_site_come_in_and_more_is_refused_at_once(server: ChatServer, upgrade: str) -> None:
    head = f"GET /v1/chat/connect HTTP/1.1\r\n{NAME}{upgrade}"
    for size in (8_300, 40_000):
        assert status(ask(server.port, f"{head}Cookie: {'x' * size}\r\n")) == (401 if upgrade else 404)
    many = "".join(f"X-{number}: x\r\n" for number in range(150))
    assert status(ask(server.port, f"{head}{many}")) == (401 if upgrade else 404)
    for size in (70_000, 400_000):
        assert status(ask(server.port, f"{head}Cookie: {'x' * size}\r\n")) == 431
    assert status(ask(server.port, f"{head}{many * 2}")) == 431
    server.wait_for_log("with 431", times=3)


@pytest.mark.parametrize("header", ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"])
def test_a_handshake_with_a_body_is_refused_at_once(server: ChatServer, header: str) -> None:
    assert status(ask(server.port, f"GET /v2/chat/connect HTTP/1.1\r\n{NAME}{UPGRADE}{header}")) == 400
    server.wait_for_log("a malformed handshake was refused")


@pytest.mark.parametrize(("trusted", "is_https"), [("127.0.0.1", True), ("10.0.0.0/8", False)])
def test_https_is_believed_from_a_listed_proxy_only(
    tmp_path: Path,
    migrated: Path,
    trusted: str,
    is_https: bool,
) -> None:
    behind = chat_server(tmp_path, migrated)
    behind.environment["TRUSTED_PROXIES"] = trusted
    with running(behind) as server:
        head = f"GET http://chat.example.com:443/ HTTP/1.1\r\n{NAME}X-Forwarded-Proto: https\r\n"
        page = ask(server.port, head).decode()
        origin = "Origin: https://chat.example.com\r\nContent-Length: 0\r\nCookie: csrftoken=x\r\n"
        posted = ask(server.port, f"POST /admin/login/ HTTP/1.1\r\n{NAME}X-Forwarded-Proto: https\r\n{origin}")

    # the scheme's own port is no part of the host
    assert ("wss://chat.example.com;" in page) is is_https
    # the admin's page is of this very origin, or of another
    reason = b"Origin checking failed"
    assert status(posted) == 403
    assert (reason in posted or "does not match any trusted origins" in server.log.read_text()) is not is_https


@pytest.mark.e2e
@pytest.mark.parametrize("workers", [1, 2])
def test_both_kinds_of_addresses_are_served_however_many_work(
    tmp_path: Path,
    migrated: Path,
    redis_server: RedisServer,
    workers: int,
) -> None:
    arguments = ["--host", "::", "--workers", str(workers)]
    with running(chat_server(tmp_path, migrated, *arguments, redis_url=redis_server.url)) as server:
        server.wait_for_log("Application startup complete", times=workers)
        for address in (HOST, "::1"):
            assert ask(server.port, "GET /v1/healthz HTTP/1.1\r\nHost: x\r\n", address=address).endswith(b"ok")


def test_a_port_that_is_taken_ends_the_start_with_one_sentence(server: ChatServer) -> None:
    done = subprocess.run(
        server.command, env=os.environ | server.environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == f"CommandError: Cannot listen on {HOST}, port {server.port}: Address already in use."
    )
