"""A WebSocket client that costs next to nothing, because two hundred of them share two cores with the servers.

Text frames only, no compression, no check of what a server of ours cannot get wrong; RFC 6455 for the rest. It can
also misbehave: not read, not answer pings, break off.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S = 5.0
BROKEN_OFF = 1006  # RFC 6455: ended without a close frame
TEXT, CLOSE, PING = 0x1, 0x8, 0x9
PONG = b"\x8a"


class HandshakeRefused(Exception):
    """The server answered the handshake with another status than 101."""


class LeanSocket(asyncio.Protocol):
    """`on_text` gets every text frame, `on_close` the code, once. Nothing waits for the peer to read."""

    def __init__(
        self, *, on_text: Callable[[bytes], None], on_close: Callable[[int], None] = lambda _code: None
    ) -> None:
        self._on_text, self._on_close = on_text, on_close
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = bytearray()
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
                self._ask_for_upgrade(f"{where.path}?{where.query}", f"{where.hostname}:{where.port}")
                await self._opened
        except BaseException:
            self.abort()
            raise

    def _ask_for_upgrade(self, path: str, host: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]
        assert self._transport is not None
        self._transport.write("\r\n".join(lines).encode())

    # --- what its owner does

    def send(self, text: bytes) -> None:
        """Fine on a socket that has ended: then nothing is sent."""
        self._write(0x80 | TEXT, text)

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
        self._write(0x80 | CLOSE, (1000).to_bytes(2, "big"))

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
        self._buffer += data
        if not self._opened.done() and not self._read_response():
            return
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def _read_response(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self._opened.set_exception(HandshakeRefused(head.split(b"\r\n")[0].decode()))
            self.abort()
            return False
        self._buffer = rest
        self._opened.set_result(None)
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Opcode and payload of the first whole frame; frames of servers are not masked."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(buffer[2:start], "big")
            if len(buffer) < start:
                return None
        if len(buffer) < start + length:
            return None
        frame = buffer[0] & 0x0F, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return frame

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._on_text(payload)
        elif opcode == PING and self.answers_pings:
            self._write(PONG[0], payload)
        elif opcode == CLOSE:
            self._close_code = int.from_bytes(payload[:2], "big")
            self._write(0x80 | CLOSE, payload[:2])

    def _write(self, first: int, payload: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        length = len(payload)
        head = bytes((first, 0x80 | length)) if length < 126 else bytes((first, 0xFE)) + length.to_bytes(2, "big")
        # masked, as clients must, by zeros, which change nothing: it protects proxies from scripts in browsers
        self._transport.write(head + b"\0\0\0\0" + payload)
