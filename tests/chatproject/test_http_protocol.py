"""Requests that do not end are broken off, and only those. The application answers when it has read the body."""

import asyncio
from collections.abc import AsyncIterator

import h11
import pytest
import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.server import ServerState

from chatproject.http_protocol import PromptHttpProtocol
from tests.servers import HOST
from tests.times import WAIT_S

HEADERS_S, BODY_S, UNREAD_S = 0.6, 0.6, 2.0  # a busy machine makes no honest client as late as that
LONGER_S = HEADERS_S + BODY_S + 0.1
MUCH = b"x" * 32 * 1024 * 1024  # more than the buffers of both ends hold
GET = b"GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: chat.example.com\r\nContent-Length: 4\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HastyHttpProtocol(PromptHttpProtocol):
    timeouts_s = {h11.IDLE: HEADERS_S, h11.SEND_BODY: BODY_S}
    unread_timeout_s = UNREAD_S
    gone: asyncio.Event

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.gone.set()


async def application(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    event = await receive()
    while event["type"] == "http.request" and event["more_body"]:
        event = await receive()
    await asyncio.sleep(LONGER_S if _scope["path"] == "/slowly" else 0)  # type: ignore[typeddict-item]
    if _scope["path"] == "/much":  # type: ignore[typeddict-item]
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": MUCH, "more_body": False})
        return
    await send({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
async def connection() -> AsyncIterator[Streams]:
    config = uvicorn.Config(application, ws="none", lifespan="off", log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    HastyHttpProtocol.gone = asyncio.Event()
    server = await loop.create_server(lambda: HastyHttpProtocol(config, ServerState(), {}), HOST, 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    server.close()


async def answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(WAIT_S):
        return await reader.readuntil(b"\r\n\r\n")


async def is_broken_off(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(WAIT_S):
            return await reader.read() == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("beginning", [b"", b"GET /", GET[:-2]], ids=["nothing", "half a line", "no end"])
async def test_headers_that_do_not_end_are_broken_off(connection: Streams, beginning: bytes) -> None:
    reader, writer = connection
    writer.write(beginning)

    assert await is_broken_off(reader)


async def test_one_more_header_gives_no_more_time(connection: Streams) -> None:
    reader, writer = connection

    async def drip() -> None:
        writer.write(GET[:-2])
        while True:
            writer.write(b"X-More: and more\r\n")
            await asyncio.sleep(HEADERS_S / 4)

    dripping = asyncio.create_task(drip())
    assert await is_broken_off(reader)
    dripping.cancel()


async def test_a_body_that_does_not_end_is_broken_off(connection: Streams) -> None:
    reader, writer = connection
    writer.write(POST + b"abc")

    assert await is_broken_off(reader)


async def test_a_whole_request_is_answered_however_long_that_takes(connection: Streams) -> None:
    reader, writer = connection
    writer.write(GET.replace(b" / ", b" /slowly "))

    assert (await answer(reader)).startswith(b"HTTP/1.1 204")


async def test_a_connection_is_used_again_and_each_request_has_its_own_time(connection: Streams) -> None:
    reader, writer = connection
    for request in (GET, POST + b"abcd", GET):
        writer.write(request[:-1])
        await asyncio.sleep(HEADERS_S / 2)
        writer.write(request[-1:])
        assert (await answer(reader)).startswith(b"HTTP/1.1 204")
    writer.write(GET[:-2])

    assert await is_broken_off(reader)


async def test_who_does_not_read_the_answer_is_broken_off(connection: Streams) -> None:
    reader, writer = connection
    writer.write(GET.replace(b" / ", b" /much "))  # the reader takes a little, and then no more

    async with asyncio.timeout(WAIT_S):
        await HastyHttpProtocol.gone.wait()
        assert len(await reader.read()) < len(MUCH)


async def test_who_reads_a_large_answer_gets_all_of_it(connection: Streams) -> None:
    reader, writer = connection
    writer.write(GET.replace(b" / ", b" /much "))

    await answer(reader)
    async with asyncio.timeout(WAIT_S):
        chunks = 0
        while chunks < len(MUCH):
            chunks += len(await reader.read(1_048_576))
