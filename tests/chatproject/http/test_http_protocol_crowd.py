"""Silent connections: one household has so many of them and no more, and takes none of anybody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.server import ServerState

from chatproject.http.http_protocol import HEADS_MAX_EACH, PromptHttpProtocol
from tests.messaging.people import eventually, soon
from tests.servers import HOST

PROXY, ATTACKER, MEMBER = HOST, "127.0.0.2", "127.0.0.3"  # all are this machine; the first is a trusted proxy
GET = b"GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n"


class Street:
    """Connections to one server, from any address."""

    def __init__(self, server: asyncio.Server, stack: AsyncExitStack) -> None:
        self._where, self._stack = server.sockets[0].getsockname(), stack

    async def connect(self, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*self._where, local_addr=(address, 0))
        self._stack.callback(writer.close)
        return reader, writer

    async def ask(self, address: str) -> bytes:
        """The first line of the answer."""
        reader, writer = await self.connect(address)
        writer.write(GET)
        return (await soon(reader.readuntil(b"\r\n"))).strip()


async def nothing_to_say(_scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    config = uvicorn.Config(nothing_to_say, ws="none", lifespan="off", log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: PromptHttpProtocol(config, ServerState(), {}), HOST, 0)
    async with AsyncExitStack() as stack:
        yield Street(server, stack)
    server.close()
    await eventually(lambda: not PromptHttpProtocol.heads)


async def say_nothing(street: Street, address: str, count: int) -> list[asyncio.StreamWriter]:
    """So many silent connections, once the server has them."""
    silent = [(await street.connect(address))[1] for _ in range(count)]
    await eventually(lambda: PromptHttpProtocol.heads[address] == count)
    return silent


async def test_one_more_silent_connection_is_refused_at_once_and_others_are_not(street: Street) -> None:
    await say_nothing(street, ATTACKER, HEADS_MAX_EACH)

    reader, _writer = await street.connect(ATTACKER)
    assert (await soon(reader.read())).startswith(b"HTTP/1.1 429 ")
    assert await street.ask(MEMBER) == b"HTTP/1.1 204 No Content"


async def test_a_connection_that_asks_or_goes_makes_room(street: Street) -> None:
    silent = await say_nothing(street, ATTACKER, HEADS_MAX_EACH)
    silent[0].write(GET)
    silent[1].close()
    await eventually(lambda: PromptHttpProtocol.heads[ATTACKER] == HEADS_MAX_EACH - 2)

    assert await street.ask(ATTACKER) == b"HTTP/1.1 204 No Content"
    assert await street.ask(ATTACKER) == b"HTTP/1.1 204 No Content"


async def test_half_a_request_is_none(street: Street) -> None:
    for writer in await say_nothing(street, ATTACKER, HEADS_MAX_EACH):
        writer.write(GET[:-2])
    reader, _writer = await street.connect(ATTACKER)
    assert (await soon(reader.read())).startswith(b"HTTP/1.1 429 ")


async def test_a_trusted_proxy_speaks_for_everybody_and_is_not_bounded(street: Street) -> None:
    for _ in range(HEADS_MAX_EACH + 1):
        await street.connect(PROXY)
    assert await street.ask(PROXY) == b"HTTP/1.1 204 No Content"
