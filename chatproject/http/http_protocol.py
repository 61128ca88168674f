"""uvicorn's HTTP protocol with a time for a request's head, and for reading its answer: uvicorn waits for ever.

It takes addresses as people type them, and answers what is no request in the API's words.

A WebSocket's handshake begins here too; from the upgrade on, `messaging.sockets.transport` times it.
"""

import asyncio
import json
import logging
import sys
from collections import Counter
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote_from_bytes

import h11
from django.conf import settings
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatproject.addresses import household
from chatproject.http.proxies import Proxies
from chatproject.http.websocket_heads import read_websocket_head

HEADERS_TIMEOUT_S = 10.0  # from the connection, or the first byte after an answer, to the end of the headers
HEADS_MAX_EACH = 256  # connections of one household that have sent no whole request: honest ones take a moment
TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
LEAVE_TIMEOUT_S = 5.0  # for a client to read why it was refused, and to close
UNREAD_TIMEOUT_S = 30.0  # for a client to take the 48 KiB between the marks of a transport's buffer
# Of the chunks of one request's body, two for each: the largest body in pieces of 64 bytes has so many. h11 takes
# 10 µs for a chunk, however small, and nobody else is served meanwhile.
BODY_LINES_MAX = 2_048
TAKEN_AT_ONCE_BYTES = 4 * 1024

_ASCII = bytes(range(128))

logger = logging.getLogger(__name__)


class PromptHttpProtocol(H11Protocol):
    """Breaks a connection off whose request's head does not end in time, or whose answer nobody reads.

    Between requests uvicorn's keep-alive rules.
    """

    timeouts_s = {h11.IDLE: HEADERS_TIMEOUT_S}  # bodies: `chatproject.http.body_limit`
    unread_timeout_s = UNREAD_TIMEOUT_S
    _awaited: Any = None  # the state of h11 that the timer runs for
    _timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None  # while the client does not read its answer
    heads: ClassVar[Counter[str]] = Counter()  # awaited now in this process, by household; none of proxies
    _household = ""
    _has_refused = False  # what comes behind a request that cannot be read is not looked at
    _body_lines = 0  # of the request whose chunks are coming
    _is_untouched = True  # nothing came yet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self._household = "" if _proxies().is_trusted(peer) else household(peer)
        if self.heads[self._household] >= HEADS_MAX_EACH:
            self._has_refused = True
            transport.write(TOO_MANY)
            transport.close()
        else:
            self._time()

    def data_received(self, data: bytes) -> None:
        if self._is_untouched:
            self._is_untouched = False
            if self._has_begun_socket(data):
                return
        for begin in range(0, len(data), TAKEN_AT_ONCE_BYTES):
            if self._has_refused:
                return
            if self.transport.get_protocol() is not self:
                self._pass_on(data[begin:])
                return
            part = data[begin : begin + TAKEN_AT_ONCE_BYTES]
            if self._bears_lines(part):
                super().data_received(self._with_plain_target(part))
            if not self._has_refused:
                self._time()

    def _has_begun_socket(self, data: bytes) -> bool:
        """Hand the connection on at once where its first bytes are a plain handshake, and no more."""
        begin = getattr(self.ws_protocol_class, "begin", None)
        head = read_websocket_head(data) if begin is not None and not self._has_refused else None
        if head is None or self.transport.is_closing():
            return False
        self._stop_timing()
        self.connections.discard(self)
        protocol: Any = self.ws_protocol_class(  # type: ignore[misc, call-arg]
            config=self.config, server_state=self.server_state, app_state=self.app_state, _loop=self.loop
        )
        protocol.begin(head, self.transport, server=self.server, client=self.client, scheme=self.scheme)
        self.transport.set_protocol(protocol)
        return True

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """uvicorn forgets frames that came with the head, and reads those behind them from their middle."""
        super().handle_websocket_upgrade(event)
        self._pass_on(self.conn.trailing_data[0])

    def _pass_on(self, data: bytes) -> None:
        """To the socket's protocol."""
        protocol: Any = self.transport.get_protocol()
        if data and not self.transport.is_closing():
            protocol.data_received(data)

    def _bears_lines(self, data: bytes) -> bool:
        """Count the lines of a body in chunks. Whoever sends too many is refused, and what still comes unread."""
        if self.conn.their_state is not h11.SEND_BODY:
            self._body_lines = 0
        elif any(name == b"transfer-encoding" for name, _value in self.headers):
            self._body_lines += data.count(b"\n")
        if self._body_lines <= BODY_LINES_MAX:
            return True
        self.send_400_response("too many chunks")
        return False

    def _with_plain_target(self, data: bytes) -> bytes:
        """With what is not ASCII in a request's first line percent-encoded: curl sends Hangul as it was typed,
        and h11 takes that for no request."""
        if data.isascii() or self.conn.their_state is not h11.IDLE or b"\n" in self.conn.trailing_data[0]:
            return data
        line, end, rest = data.partition(b"\n")
        return quote_from_bytes(line, safe=_ASCII).encode() + end + rest

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or one whose headers do not end: with h11's word for it, and at once.

        uvicorn closes the connection while the client still sends, which resets it and loses the answer.
        """
        self._has_refused = True
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE) or self.transport.is_closing():
            self.transport.abort()  # in the middle of an answer
            return
        if self.cycle is not None:
            self.cycle.disconnected = True  # the application waits for the rest in vain
            self.cycle.message_event.set()
        for event in _refusal(getattr(sys.exception(), "error_status_hint", 0)):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.write_eof()
        self._stop_timing()
        self._timer = self.loop.call_later(LEAVE_TIMEOUT_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timing()
        self._stop_timing_reader()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self.loop.call_later(self.unread_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_timing_reader()
        super().resume_writing()

    def _time(self) -> None:
        """Time the part of the request that is awaited now; more of the same part gives no more time."""
        is_ours = self.transport.get_protocol() is self  # else it was upgraded
        awaited = self.conn.their_state if is_ours and not self.transport.is_closing() else None
        if awaited is self._awaited:
            return
        self._stop_timing()
        if awaited in self.timeouts_s:
            self._awaited = awaited
            self._count(1)
            self._timer = self.loop.call_later(self.timeouts_s[awaited], self.transport.abort)

    def _count(self, more: int) -> None:
        if self._household:
            self.heads[self._household] += more
            if not self.heads[self._household]:
                del self.heads[self._household]

    def _stop_timing(self) -> None:
        if self._awaited is not None:
            self._count(-1)
        self._awaited = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_timing_reader(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None


@cache
def _proxies() -> Proxies:
    return Proxies(settings.TRUSTED_PROXIES)


def _refusal(hint: int) -> list[Any]:
    """An answer in the API's envelope, as h11's events. `hint` is the status that h11 would choose."""
    from chatproject.errors import HeadersTooLarge, InvalidInput
    from chatproject.http.api import failure  # workers import this module before Django is set up

    error = HeadersTooLarge() if hint == HeadersTooLarge.http_status else InvalidInput()
    status = HTTPStatus(error.http_status)
    logger.info("a request that cannot be read was refused with %d", status)
    body = json.dumps(failure(error), ensure_ascii=False).encode()
    headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
    answer = h11.Response(status_code=status, reason=status.phrase.encode(), headers=headers)
    return [answer, h11.Data(data=body), h11.EndOfMessage()]
