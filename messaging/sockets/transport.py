"""How a frame reaches a socket under our uvicorn protocol: past ASGI. Other servers: `messaging.sockets.outbox`.
The other direction: `messaging.sockets.intake`.

The protocol class costs 10 µs of CPU per delivery where ASGI's `send` costs 16 and a queue per socket 28.
"""

import logging
import weakref
from asyncio.transports import BaseTransport
from typing import Any

from websockets import http11
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

from chatproject.limits.buckets import TokenBucket
from messaging.delivery.sessions import Session, Sink
from messaging.sockets.intake import QuickIntake
from messaging.sockets.opening import EXTENSION
from messaging.sockets.outbox import AsgiSend, Outbox
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

HANDSHAKE_TIMEOUT_S = 10.0  # a request that the parser cannot finish would hang for ever
CLOSE_TIMEOUT_S = 10.0  # for the peer to read what is left and to answer the close frame
GOODBYE_TIMEOUT_S = 2.0  # the same, when the process itself is about to end
# What never reaches the application, whose limit on frames cannot count it: pieces of messages, pings, pongs.
# The longest message in pieces of 125 bytes, which small devices send, has fewer than these.
PIECES_PER_SECOND = 200
PIECES_BURST = 1_000

MALFORMED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# the HTTP protocol has taken these headers, by limits on their sum: lower ones here would break off what it let in
http11.MAX_LINE_LENGTH, http11.MAX_NUM_HEADERS = 1_048_576, 65_536

logger = logging.getLogger(__name__)
_quiet_logger = logger.getChild("protocol")  # for uvicorn, whose own logs the URL, and with it the token
_quiet_logger.setLevel(logging.WARNING)
# a fault of the client's, which is told by its close code; uvicorn takes it for one of ours, with a traceback
_quiet_logger.addFilter(lambda record: "Invalid UTF-8" not in record.getMessage())


class ChatWebSocketProtocol(QuickIntake):
    """uvicorn's WebSocket protocol that is a Sink too: our frames go to its transport without ASGI between."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = self.conn.logger = _quiet_logger
        self.farewell: bytes | None = None
        self._session: Session | None = None
        self._early = b""  # frames that came before the handshake was answered
        self._pieces = TokenBucket(rate=PIECES_PER_SECOND, burst=PIECES_BURST, now=self.loop.time())

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self._handshake_timer = self.loop.call_later(HANDSHAKE_TIMEOUT_S, self._give_up_handshake)

    def begin(self, *args: Any, **kwargs: Any) -> None:
        super().begin(*args, **kwargs)
        self._handshake_timer = self.loop.call_later(HANDSHAKE_TIMEOUT_S, self._give_up_handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        self._handshake_timer.cancel()
        self._mute()
        super().connection_lost(exc)
        self.conn.parser.close()  # a generator of the connection's that holds it

    def data_received(self, data: bytes) -> None:
        if self.handshake_initiated and not self.handshake_complete:
            # the answer comes first; the client should have waited for it, and is not read any further
            self._early += data
            self.transport.pause_reading()
        else:
            self.read(data)

    def parse(self, data: bytes) -> None:
        super().parse(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._refuse_malformed()

    def _refuse_malformed(self) -> None:
        """Answer a handshake that the parser gave up, such as one with a body: uvicorn would wait for ever."""
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        logger.info("a malformed handshake was refused: %s", type(self.conn.handshake_exc).__name__)
        self.transport.write(b"".join(self.conn.data_to_send()) or MALFORMED)
        self.transport.close()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # there is none when the handshake was refused
            # not itself: each socket would outlive its end, as part of a circle, until a garbage collection
            self.scope["extensions"][EXTENSION] = weakref.ref(self)  # type: ignore[assignment]

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._bypass()
            self._read_early()
        elif message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # by a refusal; uvicorn says so only when the connection is lost

    def _read_early(self) -> None:
        data, self._early = self._early, b""
        if data and self.handshake_complete and not self.transport.is_closing():
            self.transport.resume_reading()
            self.data_received(data)

    def _give_up_handshake(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()

    def handle_cont(self, event: Frame) -> None:
        if self._bears_a_piece():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        if self._bears_a_piece():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._bears_a_piece():
            super().handle_pong(event)

    def _bears_a_piece(self) -> bool:
        """Count it. Whoever sends too many is closed, and what still comes is thrown away unread."""
        if not self._pieces.take(self.loop.time()):
            return True
        if not self.close_sent:
            self._close(CloseCode.TOO_MANY, "too many frames", timeout_s=GOODBYE_TIMEOUT_S)
            self.conn.fail(CloseCode.TOO_MANY)
        return False

    def handle_close(self, event: Frame) -> None:
        self._mute()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self._mute()
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        self._mute()
        super().keepalive_timeout()
        self.transport.abort()  # a peer that does not answer pings does not read the close frame either

    def shutdown(self) -> None:
        """Say goodbye and close for a restart; fine where that was done before."""
        self.stop_keepalive()
        if not self.handshake_complete:
            super().shutdown()
        elif not (self.close_sent or self.disconnected):
            if self.farewell is not None:
                self.write(Batch((self.farewell,)))
            self._close(CloseCode.SERVICE_RESTART, "restart", timeout_s=GOODBYE_TIMEOUT_S)

    def stop_reading(self) -> None:
        """Take nothing more in, until the close frame is sent and the peer's own may come."""
        self.read_paused = False  # else uvicorn reads on as soon as the application has taken what is queued
        self.transport.pause_reading()

    # the Sink

    def carry(self, session: Session) -> None:
        self._session = session
        self._bypass()

    def _bypass(self) -> None:
        """The socket keeps up: what is pushed goes straight to the transport."""
        if self._session is not None and self._session.is_open and self._takes_frames():
            self._session.push_by(self.transport.write)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._session is not None and self._session.is_open:
            self._session.push_by(self._session.push_within_budget)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._bypass()

    def _mute(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.mute()

    def _takes_frames(self) -> bool:
        return self.handshake_complete and not (self.close_sent or self.disconnected)

    def write(self, batch: Batch) -> None:
        if self._takes_frames():
            self.transport.write(batch)

    def backlog(self) -> int:
        return self.transport.get_write_buffer_size()

    async def drained(self) -> None:
        await self.writable.wait()

    def close(self, code: int, reason: str = "") -> None:
        """Send the close frame behind what is unsent; after CLOSE_TIMEOUT_S the socket is freed regardless."""
        if not (self.close_sent or self.disconnected):
            self._close(code, reason, timeout_s=CLOSE_TIMEOUT_S)

    def _close(self, code: int, reason: str, *, timeout_s: float) -> None:
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._mute()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.read_paused = False
        self.transport.resume_reading()  # or the peer's own close frame is never seen
        if self._waits:
            self.loop.call_soon(self._read_on)
        self.close_timer = self.loop.call_later(timeout_s, self.transport.abort)


def sink_for(scope: dict[str, Any], send: AsgiSend) -> Sink:
    """The sink of the connection that `scope` describes: the protocol itself where it is ours, else an Outbox."""
    reference = scope.get("extensions", {}).get(EXTENSION)
    direct = reference() if isinstance(reference, weakref.ref) else None
    return direct if isinstance(direct, ChatWebSocketProtocol) else Outbox(send)
