"""Requests that do not end are broken off, and only those. The application answers when it has read the body."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.server import ServerState

from chatproject.http.http_protocol import (
    BODY_LINES_MAX,
    HEADERS_TIMEOUT_S,
    LEAVE_TIMEOUT_S,
    UNREAD_TIMEOUT_S,
    PromptHttpProtocol,
)
from tests.conftest import TimePasses
from tests.messaging.people import eventually, soon
from tests.servers import HOST
from tests.times import WAIT_S

LONGER_S = 10 * HEADERS_TIMEOUT_S
MUCH = b"x" * 32 * 1024 * 1024  # more than the buffers of both ends hold
GET = b"GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: chat.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: chat.example.com\r\nContent-Length: 4\r\n\r\n"


class WatchedHttpProtocol(PromptHttpProtocol):
    bytes_heard = 0
    is_gone = False

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.bytes_heard += len(data)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.is_gone = True


@dataclass
class Connection:
    """A client's end, and the server's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: WatchedHttpProtocol
    bytes_sent: int = 0

    async def send(self, data: bytes) -> None:
        """Send, and wait until that is heard: the server times what comes after it."""
        self.writer.write(data)
        self.bytes_sent += len(data)
        await eventually(lambda: self.protocol.bytes_heard == self.bytes_sent)

    async def answer(self) -> bytes:
        return await soon(self.reader.readuntil(b"\r\n\r\n"))

    async def is_broken_off(self) -> bool:
        try:
            return await soon(self.reader.read()) == b""
        except ConnectionResetError:
            return True


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    assert scope["type"] == "http"
    event = await receive()
    while event["type"] == "http.request" and event["more_body"]:
        event = await receive()
    await asyncio.sleep(LONGER_S if scope["path"] == "/slowly" else 0)
    status, body = (200, MUCH) if scope["path"] == "/much" else (204, b"")
    asked = [(b"x-path", quote(scope["path"]).encode()), (b"x-query", scope["query_string"])]
    await send({"type": "http.response.start", "status": status, "headers": asked, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    config = uvicorn.Config(application, ws="none", lifespan="off", log_config=None)
    config.load()
    accepted: list[WatchedHttpProtocol] = []

    def accept() -> WatchedHttpProtocol:
        accepted.append(WatchedHttpProtocol(config, ServerState(), {}))
        return accepted[-1]

    server = await asyncio.get_running_loop().create_server(accept, HOST, 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await eventually(lambda: accepted and accepted[0].transport)
    yield Connection(reader, writer, accepted[0])
    writer.close()
    server.close()
    await eventually(lambda: accepted[0].is_gone)


async def test_headers_that_are_too_large_are_refused_at_once_and_the_answer_arrives(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    connection.writer.write(GET[:-2] + b"Cookie: " + MUCH[:1_000_000])  # much of it is still under way

    assert (await connection.answer()).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert "refused with 431" in caplog.text


@pytest.mark.parametrize(
    "request_", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", GET[:-2] + b"a b: c\r\n\r\n"]
)
async def test_what_is_no_request_is_refused_at_once(connection: Connection, request_: bytes) -> None:
    await connection.send(request_)

    assert (await connection.answer()).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    body = json.loads(await soon(connection.reader.read()))
    assert (body["status"], body["code"]) == (400, "E-C001")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/정원?name=고민상담방", "/정원", quote("name=고민상담방", safe="=")),
        ("/a%20b/🌱?x=%EA%B0%80가", "/a b/🌱", "x=%EA%B0%80%EA%B0%80"),
        ("http://chat.example.com/정원?é", "http://chat.example.com/정원", "%C3%A9"),
    ],
)
@pytest.mark.parametrize("at_once", [1, 5, 1_000])
async def test_an_address_is_taken_as_it_was_typed(
    connection: Connection, target: str, path: str, query: str, at_once: int
) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: chat.example.com\r\nX-Name: 정원\r\n\r\n".encode()
    for start in range(0, len(head), at_once):
        await connection.send(head[start : start + at_once])

    answer = (await connection.answer()).decode("latin-1")
    assert answer.startswith("HTTP/1.1 204")
    assert f"x-path: {quote(path)}\r\nx-query: {query}\r\n" in answer


async def test_the_next_request_of_a_connection_is_too(connection: Connection) -> None:
    for _ in range(2):
        await connection.send("GET /정원 HTTP/1.1\r\nHost: chat.example.com\r\n\r\n".encode())
        assert (await connection.answer()).startswith(b"HTTP/1.1 204")


async def test_an_address_in_another_encoding_is_taken_too(connection: Connection) -> None:
    await connection.send("GET /정원?정원 HTTP/1.1\r\nHost: chat.example.com\r\n\r\n".encode("cp949"))
    assert b"x-query: %C1%A4%BF%F8\r\n" in await connection.answer()


async def test_who_does_not_go_after_a_refusal_is_broken_off(
    connection: Connection, time_passes: TimePasses
) -> None:
    await connection.send(b"nonsense\r\n\r\n")
    await connection.answer()
    await connection.send(GET)  # is not looked at
    time_passes(LEAVE_TIMEOUT_S)

    await eventually(lambda: connection.protocol.is_gone)


@pytest.mark.parametrize("beginning", [b"", b"GET /", GET[:-2]], ids=["nothing", "half a line", "no end"])
async def test_headers_that_do_not_end_are_broken_off(
    connection: Connection, time_passes: TimePasses, beginning: bytes
) -> None:
    await connection.send(beginning)
    time_passes(HEADERS_TIMEOUT_S)

    assert await connection.is_broken_off()


async def test_one_more_header_gives_no_more_time(connection: Connection, time_passes: TimePasses) -> None:
    await connection.send(GET[:-2])
    for _ in range(4):
        await connection.send(b"X-More: and more\r\n")
        time_passes(HEADERS_TIMEOUT_S / 4)

    assert await connection.is_broken_off()


async def test_a_whole_request_is_answered_however_long_that_takes(
    connection: Connection, time_passes: TimePasses
) -> None:
    await connection.send(GET.replace(b" / ", b" /slowly "))
    await asyncio.sleep(0)  # the application begins
    time_passes(LONGER_S)

    assert (await connection.answer()).startswith(b"HTTP/1.1 204")


async def test_a_connection_is_used_again_and_each_request_has_its_own_time(
    connection: Connection, time_passes: TimePasses
) -> None:
    for request in (GET, POST + b"abcd", GET):
        await connection.send(request[:-1])
        time_passes(HEADERS_TIMEOUT_S * 0.6)
        await connection.send(request[-1:])
        assert (await connection.answer()).startswith(b"HTTP/1.1 204")
    await connection.send(GET[:-2])
    time_passes(HEADERS_TIMEOUT_S)

    assert await connection.is_broken_off()


def chunks(number: int) -> bytes:
    return b"10\r\n0123456789abcdef\r\n" * number


async def test_a_body_in_very_many_chunks_is_refused_long_before_its_end(connection: Connection) -> None:
    connection.writer.write(CHUNKED + chunks(BODY_LINES_MAX))
    assert (await connection.answer()).startswith(b"HTTP/1.1 400 ")


async def test_one_in_many_is_read_and_the_next_one_has_as_many(connection: Connection) -> None:
    for _time in range(2):
        await connection.send(CHUNKED + chunks(BODY_LINES_MAX // 2 - 1) + b"0\r\n\r\n")
        assert (await connection.answer()).startswith(b"HTTP/1.1 204 ")


async def test_lines_of_a_body_of_known_length_are_not_counted(connection: Connection) -> None:
    await connection.send(POST.replace(b"4", b"%d" % (2 * BODY_LINES_MAX)) + 2 * BODY_LINES_MAX * b"\n")
    assert (await connection.answer()).startswith(b"HTTP/1.1 204 ")


async def test_who_does_not_read_the_answer_is_broken_off(connection: Connection, time_passes: TimePasses) -> None:
    await connection.send(GET.replace(b" / ", b" /much "))  # the reader takes a little, and then no more
    await eventually(lambda: connection.protocol.flow.write_paused)
    time_passes(UNREAD_TIMEOUT_S)

    await eventually(lambda: connection.protocol.is_gone)
    assert len(await soon(connection.reader.read())) < len(MUCH)


async def test_who_reads_a_large_answer_gets_all_of_it(connection: Connection) -> None:
    await connection.send(GET.replace(b" / ", b" /much "))

    await connection.answer()
    async with asyncio.timeout(WAIT_S):
        chunks = 0
        while chunks < len(MUCH):
            chunks += len(await connection.reader.read(1_048_576))
