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
AT_ONCE_MAX = 32  # frames of one reading: 2 ms or so, in which nobody else's are read
WAITING_FRAME = "chat.waiting"  # in place of "websocket.receive": `rest` is left to do of it

Rest = Callable[[], Awaitable[object]]


class Taker(Protocol):
    """What deals with a socket's frames. It is idle while its task waits for the next event."""

    is_idle: bool

    def take(self, text: str) -> Rest | None:
        """Deal with a frame now, or return what its task has to wait for. Raises nothing."""


class QuickIntake(QuickOpening):
    """uvicorn's WebSocket protocol, where whole texts go past the library's parser."""

    taker: Taker | None = None

    def take_whole_texts(self, data: bytes) -> bytes:
        """Hand on the texts with which the data begins; returns what is behind them."""
        conn, start, handed_on = self.conn, 0, 0
        if conn.state is OPEN and is_between_messages(conn):
            # a text can close the socket; what comes behind it is left to the library, which drops it
            while start < len(data) and not self.close_sent:
                whole = read_whole_text(data, start, max_bytes=self.config.ws_max_size)
                if whole is None:
                    break
                text, start = whole
                self._hand_on(text, at_once=handed_on < AT_ONCE_MAX)
                handed_on += 1
        return data[start:] if start else data

    def _hand_on(self, text: str, *, at_once: bool) -> None:
        event: dict[str, Any] = {"type": "websocket.receive", "text": text}
        if at_once and self.taker is not None and self.taker.is_idle and self.queue.empty():
            rest = self.taker.take(text)
            if rest is None:
                return
            event = {"type": WAITING_FRAME, "rest": rest}
        self.queue.put_nowait(event)  # type: ignore[arg-type]  # uvicorn knows ASGI's events only
        if not self.read_paused and self.queue.qsize() >= QUEUED_MAX:
            self.read_paused = True
            self.transport.pause_reading()
