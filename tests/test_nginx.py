"""What is shipped for nginx, in a real one before servers that are there, away, or break off."""

import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from chatproject.errors import HeadersTooLarge, PathNotFound, StoreUnavailable, TooLarge
from chatproject.http.api import failure
from tests.servers import HOST, Service, free_port, program, running
from tests.times import POLL_S, WAIT_S

ROOT = Path(settings.BASE_DIR)
STAFF_PATHS = ("admin", "admin/", "admin/login/?next=/admin/", "%61dmin/", "//admin/")


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The address of an nginx with our configuration and no server behind it."""
    with running_nginx(tmp_path, (ROOT / "docs/nginx.conf").read_text()) as address:
        yield address


@contextmanager
def running_nginx(
    tmp_path: Path, configuration: str, *, upstream: int | None = None, events: str = ""
) -> Iterator[str]:
    """The address of an nginx before a server on that port, or before none."""
    port, behind = free_port(), upstream or free_port()
    site = configuration.replace("listen 80;", f"listen {HOST}:{port};")
    (tmp_path / "site.conf").write_text(re.sub(r"server chat-\d:8081", f"server {HOST}:{behind}", site))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; events {{ {events} }} http {{ include {tmp_path}/site.conf; }}"
    )
    command = [program("nginx", "nginx-light"), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    checked = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    with running(Service("nginx", command, port, tmp_path / "log")) as service:
        yield f"http://{HOST}:{port}"
        service.stop()  # in its own way: what it answered, it logs


class Upstream(BaseHTTPRequestHandler):
    """A chat server that answers, or that breaks off where it is asked to."""

    def do_GET(self) -> None:
        if "break" not in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    def do_PUT(self) -> None:
        self.rfile.read(1)  # and does not wait for the rest
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Not into the tests' output."""


@contextmanager
def an_upstream() -> Iterator[int]:
    with ThreadingHTTPServer((HOST, 0), Upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


TOKEN = "eyJ-a-token-in-the-address"
FEW = "worker_connections 3;"  # none is left to reach a server by


def test_no_log_of_nginx_holds_a_token_whether_servers_are_down_or_up(tmp_path: Path) -> None:
    configuration, path = (ROOT / "docs/nginx.conf").read_text(), f"/v2/chat/connect?access={TOKEN}"
    with running_nginx(tmp_path, configuration) as address:
        statuses = [httpx.get(address + path).status_code]
    with an_upstream() as port:
        with running_nginx(tmp_path, configuration, upstream=port) as address:
            statuses += [httpx.get(address + asked).status_code for asked in (path, f"{path}&break")]
        with running_nginx(tmp_path, configuration, upstream=port, events=FEW) as address:
            statuses += [httpx.get(address + path).status_code]
    log = (tmp_path / "log").read_text()

    assert statuses == [503, 200, 503, 503]
    assert log.count("GET /v2/chat/connect ") == len(statuses)
    assert TOKEN not in log


def first_line(log: Path) -> str:
    """Of what nginx logged; it does so when the client has gone."""
    deadline = time.monotonic() + WAIT_S
    while not (line := log.read_text()):
        assert time.monotonic() < deadline, "nginx logs nothing"
        time.sleep(POLL_S)
    return line


def test_a_file_is_passed_on_while_it_still_comes_and_its_address_is_in_no_log(tmp_path: Path) -> None:
    configuration, signed = (ROOT / "docs/nginx.conf").read_text(), "31.1796029800:a-signature"
    head = f"PUT /v1/files/{signed} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {25 * 1024 * 1024}\r\n\r\n"
    with an_upstream() as port, running_nginx(tmp_path, configuration, upstream=port) as address:
        there = urlsplit(address)
        with socket.create_connection((there.hostname, there.port), timeout=WAIT_S) as client:
            client.sendall(head.encode() + bytes(100_000))
            assert client.recv(1024).startswith(b"HTTP/1.1 200 ")
        log = first_line(tmp_path / "log")

    assert "PUT /v1/files/* 200" in log
    assert "signature" not in log


def test_the_refusals_of_nginx_itself_are_the_envelope_that_clients_know(nginx: str) -> None:
    hidden = [httpx.get(f"{nginx}/{path}") for path in ("metrics", "readyz", *STAFF_PATHS)]
    too_large = httpx.post(f"{nginx}/v1/chat/llm", content=b"x" * 3_000_000)

    assert {answer.status_code for answer in hidden} == {404}
    assert all(answer.json() == failure(PathNotFound()) for answer in hidden)
    assert (too_large.status_code, too_large.json()) == (413, failure(TooLarge()))


def test_the_admin_is_open_where_its_line_says_so_and_nowhere_else(tmp_path: Path) -> None:
    shipped = (ROOT / "docs/nginx.conf").read_text()
    opened = shipped.replace("# allow 192.0.2.0/24;", f"allow {HOST};")
    with running_nginx(tmp_path, opened) as nginx:
        answers = [httpx.get(f"{nginx}/{path}") for path in STAFF_PATHS]
        too_large = httpx.post(f"{nginx}/admin/", content=b"x" * 3_000_000)

    assert opened != shipped
    assert {answer.json()["code"] for answer in answers} == {"E-S002"}  # no server is behind it
    assert too_large.json()["code"] == "E-C002"


def test_with_no_server_behind_it_nginx_says_when_to_come_back(nginx: str) -> None:
    answer = httpx.get(f"{nginx}/v1/chat/my/rooms")

    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (503, 503, "1")
    assert answer.json() | {"message": ""} == failure(StoreUnavailable("", retry_after=1.0))


def test_nginx_lets_the_cookies_of_a_big_site_through_and_refuses_more(nginx: str) -> None:
    big = httpx.get(f"{nginx}/v1/chat/my/rooms", headers={"cookie": "x" * 40_000})
    too_big = httpx.get(f"{nginx}/v1/chat/my/rooms", headers={"cookie": "x" * 100_000})

    assert big.status_code == 503  # it would have gone on to a server
    assert (too_big.status_code, too_big.json()) == (431, failure(HeadersTooLarge()))


def test_a_front_end_may_read_the_refusals_of_nginx_itself(nginx: str) -> None:
    origin = {"origin": "https://community.example.com"}
    away = httpx.get(f"{nginx}/v1/chat/my/rooms", headers=origin)
    too_large = httpx.post(f"{nginx}/v1/chat/llm", content=b"x" * 3_000_000, headers=origin)

    assert (away.status_code, too_large.status_code) == (503, 413)
    for answer in (away, too_large):
        assert answer.headers["access-control-allow-origin"] == origin["origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"
