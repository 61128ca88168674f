"""A socket whose handshake's head was read in one go opens as one whose head the libraries read."""

import asyncio
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from messaging.sockets.opening import QuickOpening
from rooms.models import Room
from tests.factories import ALICE, token_for
from tests.messaging.people import soon
from tests.messaging.site import V1, V2, Site

SEEN_AS_IT_IS = ("type", "http_version", "scheme", "path", "raw_path", "query_string", "headers", "subprotocols")


async def answer_to(site: Site, request: bytes) -> tuple[bytes, bytes]:
    """The head of the answer, without its date, and the first bytes behind it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request)
    head = await soon(reader.readuntil(b"\r\n\r\n"))
    behind = await soon(reader.read(2))
    writer.close()
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"date:")), behind


@pytest.mark.parametrize("subprotocol", ["", "chat.v2", "v10.stomp"])
@pytest.mark.parametrize("path", [f"{V2}?access={{}}", V1, "/nowhere", "/v2/chat/%ED%95%9C"])
async def test_the_answer_and_what_the_application_sees_are_the_same(
    site: Site, room: Room, path: str, subprotocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    begun = 0
    run_asgi, begin = QuickOpening.run_asgi, QuickOpening.begin

    async def watched(protocol: QuickOpening) -> None:
        seen.append(dict(protocol.scope))
        await run_asgi(protocol)

    def counted(*args: Any, **kwargs: Any) -> None:
        nonlocal begun
        begun += 1
        begin(*args, **kwargs)

    monkeypatch.setattr(QuickOpening, "run_asgi", watched)
    monkeypatch.setattr(QuickOpening, "begin", counted)
    offered = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    request = (
        f"GET {path.format(token_for(ALICE))} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{offered}"
        "Sec-WebSocket-Version: 13\r\nAccept-Language: en\r\n\r\n"
    ).encode()

    whole = await answer_to(site, request)
    assert begun == 1
    monkeypatch.setattr("chatproject.http.http_protocol.read_websocket_head", lambda _data: None)
    assert await answer_to(site, request) == whole
    assert begun == 1
    first, second = ({key: scope.get(key) for key in SEEN_AS_IT_IS} for scope in seen)
    assert first == second
    assert all(scope["client"][0] == "127.0.0.1" and scope["server"][1] == site.port for scope in seen)


@pytest.mark.parametrize("padding", [0, 5_000])
async def test_frames_that_come_with_the_head_are_read_behind_the_answer(
    site: Site, room: Room, padding: int
) -> None:
    """A client should have waited; what it said is not lost, nor read from its middle, nor a fault of ours."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    text = b'{"type": "ping", "id": "early"}' + b" " * padding
    frames = [Frame(Opcode.PING, b"early"), Frame(Opcode.TEXT, text), Frame(Opcode.CONT, b"a fault")]
    writer.write(
        f"GET {V2}?access={token_for(ALICE)} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        + b"".join(frame.serialize(mask=True) for frame in frames)
    )
    answer = await soon(reader.read())
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"\x8a\x05early" in answer
    assert b"\x03\xeaunexpected continuation frame" in answer
    writer.close()
