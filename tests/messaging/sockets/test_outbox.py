"""The Outbox: a queue and its writer task over any ASGI server's `send`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from messaging.sockets.outbox import Outbox
from messaging.sockets.transport import sink_for
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode
from tests.messaging.people import eventually, soon


class Server:
    """The `send` of an ASGI server whose client reads when it is let."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.may_send = asyncio.Event()
        self.may_send.set()
        self.fails = False

    async def send(self, event: dict[str, Any]) -> None:
        await self.may_send.wait()
        if self.fails:
            raise OSError("the client is gone")
        self.sent.append(event)

    def texts(self) -> list[str]:
        return [event["text"] for event in self.sent if event["type"] == "websocket.send"]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def outbox(server: Server) -> AsyncIterator[Outbox]:
    outbox = Outbox(server.send)
    yield outbox
    outbox.stop()


async def test_frames_are_sent_in_their_order(outbox: Outbox, server: Server) -> None:
    outbox.write(Batch([b"one", b"two"]))
    outbox.write(Batch(["셋".encode()]))
    await soon(outbox.drained())
    assert server.texts() == ["one", "two", "셋"]
    assert outbox.backlog() == 0


async def test_what_is_unsent_is_counted_in_bytes(outbox: Outbox, server: Server) -> None:
    server.may_send.clear()
    outbox.write(Batch(["가나다".encode(), b"abc"]))
    await asyncio.sleep(0)
    assert outbox.backlog() == 12
    waiting = asyncio.create_task(outbox.drained())
    await asyncio.sleep(0)
    assert not waiting.done()
    server.may_send.set()
    await soon(waiting)
    assert outbox.backlog() == 0


async def test_a_close_comes_behind_what_is_unsent_and_nothing_after_it(outbox: Outbox, server: Server) -> None:
    server.may_send.clear()
    outbox.write(Batch([b"one"]))
    outbox.close(CloseCode.SLOW_READER, "too slow")
    outbox.write(Batch([b"two"]))
    server.may_send.set()
    await eventually(lambda: len(server.sent) == 2)
    assert server.texts() == ["one"]
    assert server.sent[-1] == {"type": "websocket.close", "code": 4408, "reason": "too slow"}
    assert type(server.sent[-1]["code"]) is int


async def test_a_stopped_outbox_sends_nothing_more(outbox: Outbox, server: Server) -> None:
    server.may_send.clear()
    outbox.write(Batch([b"one"]))
    await asyncio.sleep(0)
    outbox.stop()
    server.may_send.set()
    await eventually(lambda: outbox._writer.done())
    assert server.sent == []


async def test_elsewhere_than_under_our_protocol_the_sink_is_an_outbox(server: Server) -> None:
    scopes: list[dict[str, Any]] = [{}, {"extensions": {}}, {"extensions": {"chat.sink": "forged"}}]
    for scope in scopes:
        sink = sink_for(scope, server.send)
        assert isinstance(sink, Outbox)
        sink.stop()
