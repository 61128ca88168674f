"""A real uvicorn with our protocol class in the test's loop, and its clients."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chatproject.asgi import Process
from chatproject.http.http_protocol import PromptHttpProtocol
from messaging.delivery.sessions import Session
from messaging.sockets.transport import ChatWebSocketProtocol
from messaging.wire.protocol import FRAME_MAX_BYTES
from rooms.models import Room
from tests.factories import token_for
from tests.messaging.people import eventually, soon

V1, V2 = "/v1/chat/connect", "/v2/chat/connect"
CLOSE_TIMEOUT_S = 0.1  # of clients that do not read what is left


class Site:
    """A running server and its clients."""

    def __init__(self, process: Process, clients: AsyncExitStack, **options: Any) -> None:
        self.process, self._clients = process, clients
        config = uvicorn.Config(
            process,
            port=0,
            http=PromptHttpProtocol,
            ws=ChatWebSocketProtocol,
            ws_max_size=FRAME_MAX_BYTES,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            **options,
        )
        self.uvicorn = uvicorn.Server(config)

    async def start(self) -> None:
        self._serving = asyncio.create_task(self.uvicorn.serve())
        await eventually(lambda: self.uvicorn.started)
        self.port: int = self.uvicorn.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.uvicorn.should_exit = True
        await soon(self._serving)

    async def open(self, path: str, **options: Any) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.port}{path}"
        usual = {"proxy": None, "compression": None, "close_timeout": CLOSE_TIMEOUT_S}
        return await soon(self._clients.enter_async_context(connect(address, **usual | options)))

    async def shake_hands(self, query: str, *more: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a v2 handshake and nothing more, as a client without a WebSocket library."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [
            f"GET {V2}?{query} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            *more,
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        return reader, writer

    async def come(self, member_id: int, room: Room | None = None, **options: Any) -> ClientConnection:
        """A v2 client behind its welcome, subscribed where a room is given."""
        client = await self.open(f"{V2}?access={token_for(member_id)}", **options)
        assert (await hear(client))["type"] == "welcome"
        if room is not None:
            assert (await ask(client, type="subscribe", roomId=room.pk))["type"] == "subscribed"
        return client

    def session_of(self, member_id: int) -> Session:
        (session,) = self.process.chat_server.hub.sessions_of(member_id)
        return session


async def hear(client: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await soon(client.recv()))
    return frame


async def ask(client: ClientConnection, **frame: Any) -> dict[str, Any]:
    await client.send(json.dumps({"id": "x", **frame}))
    while (answer := await hear(client)).get("id") != "x":
        pass
    return answer


async def close_code(client: ClientConnection) -> int:
    """Read on to the end and return how it was closed."""
    try:
        while True:
            await soon(client.recv())
    except ConnectionClosed:
        assert client.close_code is not None
        return client.close_code
