"""How a client's frame reaches its consumer under our uvicorn protocol: past ASGI's queue wherever it can.

Through the queue a frame is a future, a step of the socket's task and a turn of the loop more. It goes there when
it has to wait: behind another one, for the member's turn, for the database.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from websockets.protocol import OPEN

from messaging.sockets.opening import QuickOpening
from messaging.sockets.whole_frames import is_between_messages, read_whole_text

QUEUED_MAX = 2  # frames before a socket is not read; to stop at each of them took three system calls
# of what came at one time, before others have their turn: about 2 ms, at worst (frames of no bytes) 20
HANDED_ON_MAX = 32  # frames
PARSED_MAX_BYTES = 8_192
WAITING_FRAME = "chat.waiting"  # in place of "websocket.receive": `rest` is left to do of it

Rest = Callable[[], Awaitable[object]]


class Taker(Protocol):
    """What deals with a socket's frames. It is idle while its task waits for the next event."""

    is_idle: bool

    def take(self, text: str) -> Rest | None:
        """Deal with a frame now, or return what its task has to wait for. Raises nothing."""


class QuickIntake(QuickOpening):
    """uvicorn's WebSocket protocol, where whole texts go past the library's parser.

    Of what came at one time so much is read that nobody else waits long; the rest `_waits` for a next turn of the
    loop, and for the task. Meanwhile nothing more is taken from the transport.
    """

    taker: Taker | None = None
    _waits = b""

    def read(self, data: bytes) -> None:
        """Read what came, behind what waits."""
        data, self._waits = self._waits + data, b""
        if rest := self._take_whole_texts(data):
            most = PARSED_MAX_BYTES if self.handshake_complete else len(rest)
            self.parse(rest[:most])
            if len(rest) > most and not self.transport.is_closing():
                self._put_off(rest[most:])

    def parse(self, data: bytes) -> None:
        """Have the library read it."""
        super().data_received(data)

    def _take_whole_texts(self, data: bytes) -> bytes:
        """Hand on the texts with which the data begins; returns what is behind them, unless it is put off."""
        conn, start, handed_on = self.conn, 0, 0
        if conn.state is OPEN and is_between_messages(conn):
            # a text can close the socket; what comes behind it is left to the library, which drops it
            while start < len(data) and not self.close_sent:
                if handed_on == HANDED_ON_MAX:
                    self._put_off(data[start:])
                    return b""
                whole = read_whole_text(data, start, max_bytes=self.config.ws_max_size)
                if whole is None:
                    break
                text, start = whole
                self._hand_on(text)
                handed_on += 1
        return data[start:] if start else data

    def _hand_on(self, text: str) -> None:
        event: dict[str, Any] = {"type": "websocket.receive", "text": text}
        if self.taker is not None and self.taker.is_idle and self.queue.empty():
            rest = self.taker.take(text)
            if rest is None:
                return
            event = {"type": WAITING_FRAME, "rest": rest}
        self.queue.put_nowait(event)  # type: ignore[arg-type]  # uvicorn knows ASGI's events only
        if self.queue.qsize() >= QUEUED_MAX:
            self._pause()

    def _pause(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def _put_off(self, data: bytes) -> None:
        self._waits = data
        self._pause()
        if self.close_sent or self.queue.empty():
            self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Read what waits, and then what comes; not before the task has taken what was handed on."""
        if self.transport.is_closing() or not (self.close_sent or (self.read_paused and self.queue.empty())):
            return
        self.read(b"")
        if self.read_paused and not self._waits and (self.close_sent or self.queue.empty()):
            self.read_paused = False
            self.transport.resume_reading()

    async def receive(self) -> Any:
        """As uvicorn's, but for what waits."""
        event = await self.queue.get()
        if self.read_paused and self.queue.empty():
            if self._waits:
                self.loop.call_soon(self._read_on)
            else:
                self.read_paused = False
                self.transport.resume_reading()
        return event
