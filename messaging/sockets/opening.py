"""How a socket opens whose handshake's head was read already: without parsing it again. Others: in uvicorn's way.

What the library checks in a handshake, `chatproject.http.websocket_heads` has checked.
"""

import asyncio
import weakref
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN, Protocol
from websockets.utils import accept_key

from chatproject.http.websocket_heads import WebSocketHead

EXTENSION = "chat.sink"  # where in the ASGI scope's `extensions` a weak reference to the protocol is


class QuickOpening(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, that can begin behind the head."""

    _head: WebSocketHead | None = None

    def begin(
        self, head: WebSocketHead, transport: asyncio.Transport, *, server: Any, client: Any, scheme: str
    ) -> None:
        """In place of `connection_made` and of the first `data_received`; `server` and `client` as uvicorn's."""
        self.connections.add(self)
        self.transport, self.server, self.client = transport, server, client
        self.scheme = "wss" if scheme == "https" else "ws"
        self.conn.parser = Protocol.parse(self.conn)  # frames follow
        next(self.conn.parser)
        self._head, self.handshake_initiated = head, True
        raw_root = self.root_path.encode("ascii")
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": server,
            "client": client,
            "root_path": self.root_path,
            "path": self.root_path + head.path,
            "raw_path": raw_root + head.raw_path,
            "query_string": head.query,
            "headers": head.headers,
            "subprotocols": head.subprotocols,
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: weakref.ref(self)},  # type: ignore[dict-item]
        }
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    async def send(self, message: Any) -> None:
        if self._head is None or message["type"] != "websocket.accept" or self.handshake_complete:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
        if not self.transport.is_closing():
            self.handshake_complete = True
            self.conn.state = OPEN
            self.transport.write(_switching(self._head.key, self.default_headers, message))
            self.start_keepalive()
        self._head = None  # its headers are the scope's from here on


def _switching(key: str, default_headers: list[tuple[bytes, bytes]], message: Any) -> bytes:
    """The answer that takes the handshake (RFC 6455, 4.2.2)."""
    headers = [*default_headers, *message.get("headers", [])]
    if message.get("subprotocol"):
        headers.append((b"Sec-WebSocket-Protocol", message["subprotocol"].encode()))
    lines = b"".join([b"%s: %s\r\n" % header for header in headers])
    accepted = accept_key(key).encode()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %s\r\n%s\r\n" % (accepted, lines)
    )
