"""The main site: another origin than the chat's, with one page, and a chat server that knows it by ROUTE_FRONT."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.pair import Pair
from tests.e2e.processes import Process, running, serve
from tests.servers import HOST


@dataclass
class Site:
    """The main site, with one page. Strangers have the same page."""

    port: int
    page: dict[str, str]

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def stranger(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    page = {"html": ""}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page["html"].encode())

        def log_message(self, *args: object) -> None:
            """Not into the tests' output."""

    with ThreadingHTTPServer((HOST, 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(server.server_port, page)
        server.shutdown()


@pytest.fixture(scope="session")
def chat_of_site(pair: Pair, site: Site) -> Iterator[Process]:
    """A server whose answers the main site may read, and whose pages it may embed."""
    server = serve(pair.directory, pair.env | {"ROUTE_FRONT": site.origin})
    with running(server):
        yield server
