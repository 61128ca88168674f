"""The main server's side, as a small real HTTP server: keeps what it takes, and misbehaves on demand."""

import asyncio
import base64
import contextlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyYnk="


@dataclass
class Taken:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[[Taken, asyncio.StreamWriter], Awaitable[bool]]  # whether the connection goes on


def answers(status: int, *, headers: str = "", body: bytes = b"") -> Behaviour:
    async def answer(_taken: Taken, writer: asyncio.StreamWriter) -> bool:
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body)
        await writer.drain()
        return True

    return answer


async def hangs(_taken: Taken, writer: asyncio.StreamWriter) -> bool:
    """Until the connection ends."""
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return False


async def drops(_taken: Taken, _writer: asyncio.StreamWriter) -> bool:
    return False


async def drips(_taken: Taken, writer: asyncio.StreamWriter) -> bool:
    """Says yes, and never finishes saying it."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx")
    await writer.wait_closed()
    return False


async def says_a_megabyte(_taken: Taken, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1048576\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(64):
            writer.write(b"x" * 16_384)
            await writer.drain()
    return True


@dataclass
class Receiver:
    """`behave` may be changed at any time; `taken` has every request in its order, whatever was answered."""

    behave: Behaviour = field(default_factory=lambda: answers(204))
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None
    _server: asyncio.Server | None = None
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?of=chat"

    @property
    def open_connections(self) -> int:
        return len(self._open)

    async def has_taken(self, count: int) -> list[Taken]:
        """Waits until there are so many."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.taken) >= count)
        return self.taken

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        serving = asyncio.current_task()
        assert serving is not None
        self._open[serving] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                taken = await read_request(reader)
                self.taken.append(taken)
                async with self._came:
                    self._came.notify_all()
                if not await self.behave(taken, writer):
                    break
        writer.close()
        del self._open[serving]

    async def come(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Away, with all connections."""
        if self._server is not None:
            self._server.close()
        for writer in self._open.values():
            writer.close()
        if self._open:
            await asyncio.wait(self._open)


async def read_request(reader: asyncio.StreamReader) -> Taken:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    return Taken(first.split(" ")[1], headers, body)


@contextlib.asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(tls=tls)
    await receiver.come()
    try:
        yield receiver
    finally:
        await receiver.go()


def verify(taken: Taken) -> bool:
    """Whether one of the signatures is by SECRET. What a receiver does besides is for docs/events.md to show."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{taken.name}.{taken.headers['webhook-timestamp']}.".encode() + taken.body
    right = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return f"v1,{right}" in taken.headers["webhook-signature"].split(" ")
