"""How a frame reaches a socket of any ASGI server: through a bounded queue. Past ASGI: `transport`."""

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from messaging.delivery.sessions import Session
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

APPLICATION_CODES_FROM = 3_000

logger = logging.getLogger(__name__)

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """A Sink over any ASGI server's `send`: a queue, bounded by the session, and its writer task."""

    def __init__(self, send: AsgiSend) -> None:
        self.farewell: bytes | None = None  # such servers do not say when they go
        self._send = send
        self._unsent: deque[dict[str, Any]] = deque()
        self._unsent_bytes = 0
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._writer = asyncio.create_task(self._write_all())

    def carry(self, session: Session) -> None:
        """The session's backlog is looked at before each write."""

    def write(self, batch: Batch) -> None:
        for text in batch.texts:
            self._put({"type": "websocket.send", "text": text.decode()}, len(text))

    def backlog(self) -> int:
        return self._unsent_bytes

    async def drained(self) -> None:
        await self._empty.wait()

    def close(self, code: int, reason: str = "") -> None:
        self._put({"type": "websocket.close", "code": asgi_close_code(code), "reason": reason}, 0)

    def stop(self) -> None:
        """The connection has ended: nothing more can be sent."""
        self._writer.cancel()

    def _put(self, event: dict[str, Any], size: int) -> None:
        self._unsent.append(event)
        self._unsent_bytes += size
        self._empty.clear()
        self._news.set()

    async def _write_all(self) -> None:
        try:
            while True:
                await self._news.wait()
                while self._unsent:
                    event = self._unsent.popleft()
                    await self._send(event)
                    self._unsent_bytes -= len(event.get("text", "").encode())
                    if event["type"] == "websocket.close":
                        return
                self._news.clear()
                self._empty.set()
        except Exception as error:  # the peer has gone, or the server cannot send this
            logger.warning("a socket takes nothing more: %s", type(error).__name__)


def asgi_close_code(code: int) -> int:
    """The code as this process's ASGI server takes it: Daphne sends 1000 and those of applications only."""
    reactor = sys.modules.get("twisted.internet.reactor")
    is_daphne = getattr(reactor, "running", False)
    return CloseCode.NORMAL.value if is_daphne and code < APPLICATION_CODES_FROM else int(code)
