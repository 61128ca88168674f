"""The web outside, as a small real HTTP server: it keeps what it is asked, and answers as a test says."""

import asyncio
import contextlib
import io
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from chatproject.outgoing.addresses import Address
from messaging.previews.fetching import Fetcher, Reach

LOOPBACK = ipaddress.ip_address("127.0.0.1")
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(
    body: bytes | str, *, kind: str = "text/html; charset=utf-8", status: int = 200, headers: str = ""
) -> Answer:
    page = body.encode() if isinstance(body, str) else body

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(page)}\r\n{headers}\r\n"
        writer.write(head.encode() + page)
        await writer.drain()

    return answer


def leads_to(location: str, *, status: int = 302) -> Answer:
    return says(b"", status=status, headers=f"Location: {location}\r\n")


async def hangs(writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>endless</title>")
    while not writer.is_closing():
        writer.write(b"x" * 16_384)
        await writer.drain()


@dataclass
class Web:
    """`pages` by path; `asked` has each request's first line and headers, in their order."""

    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def paths(self) -> list[str]:
        return [line.split(" ")[1] for line, _ in self.asked]

    def url(self, path: str = "/", *, host: str = "site.example", scheme: str = "http") -> httpx.URL:
        return httpx.URL(f"{scheme}://{host}:{self.port}{path}")

    def fetcher(self, **options: Any) -> Fetcher:
        """One for which every name is this server, unless `look_up` says something else."""
        reach = Reach(networks=[ipaddress.ip_network("127.0.0.1/32")], ports=[self.port])
        return Fetcher(**{"reach": reach, "look_up": names({}), **options})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the other side has gone
        finally:
            self.serving.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        self.asked.append((first, headers))
        self.came.set()
        await self.pages.get(first.split(" ")[1], says("", status=404))(writer)


def names(addresses: dict[str, list[str]]) -> Callable[[str], Awaitable[list[Address]]]:
    """A name server that has these, each question's the next of them; any other name is on loopback."""

    async def look_up(host: str) -> list[Address]:
        with contextlib.suppress(ValueError):
            return [ipaddress.ip_address(host)]
        told = addresses.get(host)
        if told is None:
            return [LOOPBACK]
        return [ipaddress.ip_address(told.pop(0) if len(told) > 1 else told[0])]

    return look_up


@contextlib.asynccontextmanager
async def serving(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.serve, "127.0.0.1", ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in web.serving:
            task.cancel()
        await asyncio.gather(*web.serving, return_exceptions=True)


def drawn(width: int, height: int, kind: str = "PNG") -> bytes:
    raw = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(raw, kind)
    return raw.getvalue()
