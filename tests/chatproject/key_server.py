"""A main server's key endpoint for tests: what it answers, and how often it was asked. And tokens of its keys."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.times import WAIT_S

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
NEW_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_KEY = ec.generate_private_key(ec.SECP256R1())
ALICE: dict[str, Any] = {"category": "access", "userId": 7, "role": "USER", "exp": int(time.time()) + 3600}


def signed(key: Any, algorithm: str, kid: str | None, **claims: Any) -> str:
    return jwt.encode(ALICE | claims, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def described(key: Any, kid: str | None = None, **words: Any) -> dict[str, Any]:
    """The public half of a key, as a set lists it."""
    kind: Any = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    named = {} if kid is None else {"kid": kid}
    return {**kind.to_jwk(key.public_key(), as_dict=True), **named, **words}


def key_set(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


USUAL = key_set(described(RSA_KEY, "r1", use="sig"), described(EC_KEY, "e1", use="sig"))


class KeyServer:
    """Answers `body` with `status`, or does what `answer` says; `asked` counts, `was_asked` is set by each."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, USUAL, dict[str, str]()
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.asked = 0
        self.was_asked, self.ends = threading.Event(), threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys"

    def hang(self, _request: BaseHTTPRequestHandler) -> None:
        """Take the request and say nothing, until the end."""
        self.ends.wait(WAIT_S)

    def drip(self, request: BaseHTTPRequestHandler) -> None:
        """One byte of a header after the other, without an end."""
        while not self.ends.wait(0.1):
            request.wfile.write(b"x")
            request.wfile.flush()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                server.was_asked.set()
                try:
                    (server.answer or _answer_usually)(self)
                except OSError:  # whoever asked has gone
                    self.close_connection = True

            def log_message(self, *_args: Any) -> None:
                """Say nothing: the tests' output is theirs."""

        def _answer_usually(request: BaseHTTPRequestHandler) -> None:
            request.send_response(server.status)
            for name, value in {"Content-Length": str(len(server.body)), **server.headers}.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(server.body)

        return Handler

    @contextmanager
    def running(self) -> Iterator["KeyServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.ends.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
