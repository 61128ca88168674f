"""A WebSocket client that costs next to nothing, because two hundred of them share two cores with the servers.

Text frames only, no compression, no check of what a server of ours cannot get wrong; RFC 6455 for the rest. It can
also misbehave: not read, not answer pings, break off.
"""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.websocket import CLOSE, PING, PONG, TEXT, FrameReader, handshake, masked

CONNECT_TIMEOUT_S = 5.0
BROKEN_OFF = 1006  # RFC 6455: ended without a close frame


class HandshakeRefused(Exception):
    """The server answered the handshake with another status than 101."""


class LeanSocket(asyncio.Protocol):
    """`on_text` gets every text frame, `on_close` the code, once. Nothing waits for the peer to read."""

    def __init__(
        self, *, on_text: Callable[[bytes], None], on_close: Callable[[int], None] = lambda _code: None
    ) -> None:
        self._on_text, self._on_close = on_text, on_close
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = b""  # of the answer to the handshake, as far as it came
        self._reader = FrameReader()
        self._close_code = BROKEN_OFF
        self.answers_pings = True
        self._transport: asyncio.Transport | None = None

    async def open(self, url: str) -> None:
        """Frames may come before this returns.

        Raises OSError or TimeoutError where nobody answers, HandshakeRefused where somebody does not want us.
        """
        where = urlsplit(url)
        assert where.hostname
        assert where.port
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await asyncio.get_running_loop().create_connection(lambda: self, where.hostname, where.port)
                assert self._transport is not None
                self._transport.write(handshake(f"{where.path}?{where.query}", where.port))
                await self._opened
        except BaseException:
            self.abort()
            raise

    # --- what its owner does

    def send(self, text: bytes) -> None:
        """Fine on a socket that has ended: then nothing is sent."""
        self._write(TEXT, text)

    def stop_reading(self) -> None:
        assert self._transport is not None
        self._transport.pause_reading()

    def go_on_reading(self) -> None:
        assert self._transport is not None
        self._transport.resume_reading()

    @property
    def local_port(self) -> int:
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        """Say goodbye; the server answers and ends the connection."""
        self._write(CLOSE, (1000).to_bytes(2, "big"))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # --- what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(HandshakeRefused("the connection ended"))
            self._opened.exception()  # who opened it may have given up before
        self._on_close(self._close_code)

    def data_received(self, data: bytes) -> None:
        if not self._opened.done():
            data = self._read_response(data)
        for kind, payload in self._reader.feed(data):
            self._take(kind, payload)

    def _read_response(self, data: bytes) -> bytes:
        """What follows it."""
        self._head, end, rest = (self._head + data).partition(b"\r\n\r\n")
        if not end:
            return b""
        if self._head.startswith(b"HTTP/1.1 101"):
            self._opened.set_result(None)
            return rest
        self._opened.set_exception(HandshakeRefused(self._head.split(b"\r\n")[0].decode()))
        self.abort()
        return b""

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self._on_text(payload)
        elif kind == PING and self.answers_pings:
            self._write(PONG, payload)
        elif kind == CLOSE:
            self._close_code = int.from_bytes(payload[:2], "big")
            self._write(CLOSE, payload[:2])

    def _write(self, kind: int, payload: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(masked(payload, kind))
