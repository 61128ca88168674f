"""Bodies over real sockets: who sends slowly, too much or too many at once is told so, and others go on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.server import ServerState

from chatproject.http.body_budget import BODIES_MAX_BYTES_EACH, FREE_BYTES, UNFINISHED_MAX_EACH
from chatproject.http.body_limit import BODY_MAX_BYTES, BODY_WINDOW_BYTES, BODY_WINDOW_S, BodyLimit
from chatproject.http.http_protocol import PromptHttpProtocol
from tests.conftest import TimePasses
from tests.messaging.people import eventually, soon
from tests.servers import HOST

ATTACKER, MEMBER = "127.0.0.2", "127.0.0.3"  # both are this machine


@dataclass
class Answer:
    status: int
    headers: str
    body: bytes

    def code(self) -> tuple[int, str]:
        return self.status, json.loads(self.body)["code"]


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send_head(self, length: int | None, *headers: str) -> None:
        how = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        lines = ["POST /v1/chat/llm HTTP/1.1", "Host: chat.example.com", how, *headers, "", ""]
        self.writer.write("\r\n".join(lines).encode())

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> Answer:
        """All of it, which comes while the body is still under way."""
        head = (await soon(self.reader.readuntil(b"\r\n\r\n"))).decode()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        return Answer(int(head.split()[1]), head.lower(), await soon(self.reader.readexactly(length)))

    async def ends(self) -> bool:
        try:
            return await soon(self.reader.read()) == b""
        except ConnectionResetError:
            return True


@dataclass
class Door:
    """A server whose application answers with the length of the body, and what it holds of bodies."""

    connect: Callable[[str], Awaitable[Connection]]
    limit: BodyLimit
    heard_bytes: int = 0

    async def has_heard(self, size: int) -> None:
        await eventually(lambda: self.heard_bytes >= size)


async def say_length(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    event: Any = await receive()
    body = str(len(event["body"])).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    limit = BodyLimit(say_length)
    config = uvicorn.Config(limit, ws="none", lifespan="off", log_config=None)
    config.load()

    def heard(size: int) -> None:
        opened.heard_bytes += size

    class Protocol(PromptHttpProtocol):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            heard(len(data))

    server = await asyncio.get_running_loop().create_server(lambda: Protocol(config, ServerState(), {}), HOST, 0)
    async with AsyncExitStack() as stack:

        async def connect(address: str = MEMBER) -> Connection:
            target = server.sockets[0].getsockname()
            connection = Connection(*await asyncio.open_connection(*target, local_addr=(address, 0)))
            stack.callback(connection.writer.close)
            return connection

        opened = Door(connect, limit)
        yield opened
    server.close()
    await eventually(lambda: limit.budget.is_idle)


async def test_a_body_that_comes_in_time_is_read(door: Door) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(4)
    alice.send(b"ab")
    alice.send(b"cd")
    assert (await alice.answer()).body == b"4"
    alice.send_head(None)
    alice.send(b"3\r\nabc\r\n0\r\n\r\n")
    assert (await alice.answer()).body == b"3"


@pytest.mark.parametrize(("length", "sent"), [(4, b""), (4, b"abc"), (None, b""), (None, b"3\r\nabc\r\n")])
async def test_a_body_that_does_not_end_is_told_so(
    door: Door, time_passes: TimePasses, length: int | None, sent: bytes
) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(length)
    alice.send(sent)
    await eventually(lambda: not door.limit.budget.is_idle)
    time_passes(BODY_WINDOW_S)

    answer = await alice.answer()
    assert answer.code() == (408, "E-C001")
    assert "connection: close" in answer.headers
    assert await alice.ends()


async def test_a_crumb_now_and_then_gives_no_more_time(door: Door, time_passes: TimePasses) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(BODY_MAX_BYTES)
    await eventually(lambda: not door.limit.budget.is_idle)
    for _ in range(4):
        heard = door.heard_bytes
        alice.send(b"x" * 10)
        await door.has_heard(heard + 10)
        time_passes(BODY_WINDOW_S / 4)
    assert (await alice.answer()).code() == (408, "E-C001")


def holds(door: Door, size: int) -> bool:
    return door.limit.budget.held_bytes == size


async def test_a_slow_line_that_keeps_on_is_waited_for(door: Door, time_passes: TimePasses) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(BODY_MAX_BYTES)
    await eventually(lambda: not door.limit.budget.is_idle)
    for size in range(BODY_WINDOW_BYTES, BODY_MAX_BYTES, BODY_WINDOW_BYTES):
        time_passes(BODY_WINDOW_S * 0.6)
        alice.send(b"x" * BODY_WINDOW_BYTES)
        await eventually(partial(holds, door, size - FREE_BYTES))
    alice.send(b"x" * BODY_WINDOW_BYTES)
    assert (await alice.answer()).body == str(BODY_MAX_BYTES).encode()


@pytest.mark.parametrize("headers", [(), ("Expect: 100-continue",)])
async def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(
    door: Door, headers: tuple[str, ...]
) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(BODY_MAX_BYTES + 1, *headers)
    assert (await alice.answer()).code() == (413, "E-C002")


async def test_one_of_unknown_length_is_refused_where_it_becomes_too_large(door: Door) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(None)
    for _ in range(BODY_MAX_BYTES // 4096 + 1):
        alice.send(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    assert (await alice.answer()).code() == (413, "E-C002")


async def test_whoever_sends_on_after_the_refusal_has_the_answer_all_the_same(door: Door) -> None:
    alice = await door.connect(MEMBER)
    alice.send_head(16 * BODY_MAX_BYTES)
    alice.send(b"x" * 16 * BODY_MAX_BYTES)
    await soon(alice.writer.drain())
    assert (await alice.answer()).code() == (413, "E-C002")
    assert await alice.ends()


async def test_four_hundred_unfinished_bodies_of_one_address_take_its_share_and_no_more(door: Door) -> None:
    crowd = []
    for number in range(400):
        crowd.append(await door.connect(ATTACKER))
        crowd[-1].send_head(BODY_MAX_BYTES)
        crowd[-1].send(b"x" * (BODY_MAX_BYTES - 1))
        await door.has_heard(number * 100)  # their heads: silent connections are bounded further
    most = BODIES_MAX_BYTES_EACH // (BODY_MAX_BYTES - 1 - FREE_BYTES)
    refusals = [asyncio.create_task(connection.answer()) for connection in crowd]
    answered: set[asyncio.Task[Answer]] = set()
    while len(answered) < len(crowd) - most:
        done, _rest = await asyncio.wait(set(refusals) - answered, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        assert done
        answered |= done
    assert {task.result().code() for task in answered} == {(429, "E-C004")}

    alice = await door.connect(MEMBER)
    alice.send_head(4)
    alice.send(b"abcd")
    assert (await alice.answer()).body == b"4"
    for task in refusals:
        task.cancel()


async def test_small_unfinished_bodies_of_one_address_are_counted_too(door: Door) -> None:
    waiting = [await door.connect(ATTACKER) for _ in range(UNFINISHED_MAX_EACH)]
    for connection in waiting:
        connection.send_head(4)
        connection.send(b"a")
    await door.has_heard(UNFINISHED_MAX_EACH)
    one_more = await door.connect(ATTACKER)
    one_more.send_head(4)
    one_more.send(b"a")
    answer = await one_more.answer()
    assert answer.code() == (429, "E-C004")
    assert "retry-after: 1" in answer.headers

    waiting[0].send(b"bcd")
    assert (await waiting[0].answer()).body == b"4"


SMUGGLED = b"GET /v1/chat/my/rooms HTTP/1.1\r\nHost: chat.example.com\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\nCONTENT-LENGTH: 0\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n",
    ],
)
async def test_a_request_with_two_ends_is_refused_and_nothing_behind_it_is_heard(door: Door, head: bytes) -> None:
    alice = await door.connect(MEMBER)
    alice.send(head + b"Host: chat.example.com\r\n\r\n0\r\n\r\n" + SMUGGLED)
    answer = await alice.answer()
    assert answer.code() == (400, "E-C001")
    assert "connection: close" in answer.headers
    assert await alice.ends()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: 4, 5\r\n",
        b"Content-Length: +4\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
async def test_nor_one_whose_end_cannot_be_told(door: Door, head: bytes) -> None:
    alice = await door.connect(MEMBER)
    alice.send(b"POST / HTTP/1.1\r\nHost: chat.example.com\r\n" + head + b"\r\n0\r\n\r\n" + SMUGGLED)
    everything = await soon(alice.reader.read())
    assert everything.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert everything.count(b"HTTP/1.1 ") == 1
