"""The production server: its limits, what it does not say, and how it ends."""

import json
import socket
from pathlib import Path
from urllib.error import HTTPError

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.chatproject.chat_server import ChatServer, chat_server
from tests.factories import ALICE, token_for
from tests.servers import HOST, RedisServer, running
from tests.times import WAIT_S

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
)


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


@pytest.mark.parametrize(
    ("head", "answer", "code"),
    [
        ("GET /v1/chat/room/group?name=고민상담방 HTTP/1.1\r\naccess: {token}", 404, "E-R001"),
        ("GET /v1/chat/고민상담방 HTTP/1.1", 404, "E-C006"),
        ("GET http://{host}/v1/chat/room/group?name=고민상담방 HTTP/1.1\r\naccess: {token}", 404, "E-R001"),
        ("GET /v1/chat/room group?name=고민상담방 HTTP/1.1", 400, "E-C001"),
        (f"GET /v2/chat/connect?이름=지은&access={{token}} HTTP/1.1\r\n{UPGRADE}", 101, ""),
    ],
    ids=["query", "path", "absolute", "with a space", "handshake"],
)
def test_hangul_in_an_address_is_taken_as_curl_sends_it(
    server: ChatServer, head: str, answer: int, code: str
) -> None:
    head = head.format(token=token_for(ALICE, nickname="alice"), host=f"{HOST}:{server.port}")
    with socket.create_connection((HOST, server.port), WAIT_S) as client, client.makefile("rb") as heard:
        client.sendall(f"{head}\r\nHost: {HOST}:{server.port}\r\n\r\n".encode())
        assert heard.readline().split()[1] == str(answer).encode()
        if code:
            client.shutdown(socket.SHUT_WR)
            assert json.loads(heard.read().partition(b"\r\n\r\n")[2])["code"] == code


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
        server.wait_for_log("Application startup complete", times=2)
        with connect(server.socket_url()) as alice, connect(server.socket_url()) as again:
            for one in (alice, again):
                assert json.loads(one.recv(WAIT_S))["type"] == "welcome"
            for _ in range(4):  # whichever worker it reaches
                with server.get("/metrics") as answer:
                    told = answer.read().decode()
                sockets = [line.split() for line in told.splitlines() if line.startswith("chat_sockets{")]
                assert [name for name, _ in sockets] == [f'chat_sockets{{worker="{n}"}}' for n in (0, 1)]
                assert sum(float(value) for _, value in sockets) == 2
