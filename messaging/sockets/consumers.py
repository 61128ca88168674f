"""One socket, whichever protocol it speaks: its connection's life, its limits, its unacknowledged messages.

The protocols themselves are in `consumers_v1` and `consumers_v2`. No rule of the domain is in any of them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from random import getrandbits
from typing import Any, NoReturn

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from structlog.contextvars import bind_contextvars

from chatproject.errors import ChatError, InternalError, MissingToken, TooManyRequests
from chatproject.http.api import as_chat_error
from chatproject.limits.buckets import TokenBucket
from chatproject.tokens import Caller
from messaging.admission import Admission
from messaging.delivery.sessions import Session, Sink
from messaging.server import ChatServer
from messaging.sockets.frame_spans import SpannedFrames
from messaging.sockets.handshake import Handshake
from messaging.sockets.intake import WAITING_FRAME, Rest
from messaging.sockets.outbox import AsgiSend, Outbox
from messaging.sockets.transport import ChatWebSocketProtocol, sink_for
from messaging.store.services import Stored
from messaging.wire import client_frames, protocol

logger = logging.getLogger(__name__)

EXPIRY_LOOK_S = 86_400.0  # timers of the loop are not made for years

ActFrame = client_frames.Edit | client_frames.Delete | client_frames.React | client_frames.Pin | client_frames.Hide
Frame = client_frames.Chat | ActFrame
AsgiReceive = Callable[[], Awaitable[dict[str, Any]]]


class ChatConsumer(SpannedFrames, AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is not typed
    """What both protocols share: the connection's life, the limits on frames, the queue of unacknowledged ones."""

    channel_layer_alias = "none"  # names no layer: the hub delivers, no socket subscribes to Redis by itself
    is_v1 = False
    is_idle = False

    server: ChatServer
    session: Session | None = None
    _close_code: int | None = None
    _expiry: asyncio.TimerHandle | None = None
    _unacknowledged = 0
    _place: "asyncio.Future[None] | None" = None  # that is waited for; an Event for each socket takes 0.8 KiB

    async def __call__(self, scope: dict[str, Any], receive: AsgiReceive, send: AsgiSend) -> None:
        """One event after another. Channels makes a task of each receive, which costs 10 µs a frame.

        However it ends (the client hangs up in the middle of an answer, a fault of ours, a cancellation), the
        session ends too.
        """
        self.scope, self.base_send = scope, send
        try:
            with suppress(StopConsumer):
                while True:
                    self.is_idle = True
                    event = await receive()
                    self.is_idle = False
                    await self.dispatch(event)
        finally:
            await self.disconnect(self._close_code)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the thread hop that Channels makes before every event, and without dispatch by name."""
        match message["type"]:
            case "websocket.receive":
                if (rest := self.begin(message.get("text"))) is not None:
                    await rest()
            case type_ if type_ == WAITING_FRAME:
                await message["rest"]()
            case "websocket.connect":
                self.server = self.scope["chat_server"]
                bind_contextvars(connection=f"{getrandbits(64):016x}")  # in every log line of this socket's task
                await self.connect()
            case "websocket.disconnect":
                self._close_code = message.get("code")
                raise StopConsumer

    def take(self, text: str) -> Rest | None:
        """See intake.Taker. What is logged names the connection all the same; a fault ends the socket's task."""
        try:
            return self._context.run(self.begin, text)
        except Exception as fault:
            return partial(_fail, [fault])

    def begin(self, text: str | None) -> Rest | None:
        """Deal with a frame (None: no text), or return what is to be awaited before the next one."""
        raise NotImplementedError

    async def finish(self, frame: client_frames.AnyClientFrame, rest: Rest) -> None:
        try:
            await rest()
        except Exception as exception:
            self.fail(frame, exception)

    def fail(self, frame: client_frames.AnyClientFrame, exception: BaseException) -> None:
        """Tell that a valid frame is refused."""
        raise NotImplementedError

    async def disconnect(self, code: int | None) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        if self.session is not None:
            self.server.disconnect(self.session)
            seconds = round(time.monotonic() - self._opened_at, 1)
            logger.info(
                "a socket ended", extra={"member": self.session.member_id, "code": code, "seconds": seconds}
            )
            self._let_go_of(self.session.sink)

    async def open_session(self, caller: Caller, handshake: Handshake) -> Session:
        """Make the session; raises what ChatServer.connect raises."""
        rate = self.server.limits.frames_per_second
        self._opened_at = time.monotonic()
        self.loop, self._context = asyncio.get_running_loop(), copy_context()
        self.frames = TokenBucket(rate=rate, burst=2 * rate, now=self.loop.time())
        sink = sink_for(self.scope, self.base_send)
        try:
            self.session = await self.server.connect(
                caller=caller, sink=sink, is_v1=self.is_v1, language=handshake.language()
            )
        except BaseException:
            self._let_go_of(sink)
            raise
        if isinstance(sink, ChatWebSocketProtocol):
            sink.taker = self
        return self.session

    def _let_go_of(self, sink: Sink) -> None:
        if isinstance(sink, Outbox):
            sink.stop()
        elif isinstance(sink, ChatWebSocketProtocol):
            sink.taker = None

    def watch_expiry(self) -> None:
        """Close the socket when its token expires; a fresh one moves that."""
        session = self.session
        assert session is not None
        if self._expiry is not None:
            self._expiry.cancel()
        rest_s = session.caller.expires_at - time.time()
        if rest_s <= 0:
            session.close(protocol.CloseCode.UNAUTHENTICATED, "access token expired")
            return
        self._expiry = asyncio.get_running_loop().call_later(min(rest_s, EXPIRY_LOOK_S), self.watch_expiry)

    async def deny(self, status: int, reason: str) -> None:
        """Refuse the handshake: with a status and a sentence where the ASGI server can send them, or else 403."""
        if "websocket.http.response" not in self.scope.get("extensions", {}):
            await self.close()
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await self.base_send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await self.base_send({"type": "websocket.http.response.body", "body": reason.encode()})

    def post(self, session: Session, frame: Frame) -> Rest | None:
        """Queue what is said or done, whose outcome goes to `answer`. See ChatServer.take_turn.

        With UNACKNOWLEDGED_MAX waiting, or to ask for the member's turn, it has to wait: so nothing more is read.
        """
        if self._unacknowledged >= protocol.UNACKNOWLEDGED_MAX:
            return partial(self._post_later, session, frame)
        wait_s = self.server.sends.take_at_once(session.caller.member_id, self.loop.time())
        if wait_s is None:
            return partial(self._post_later, session, frame)
        if wait_s:
            raise TooManyRequests(retry_after=round(wait_s, 3))
        self._post(session, frame)
        return None

    async def _post_later(self, session: Session, frame: Frame) -> None:
        while self._unacknowledged >= protocol.UNACKNOWLEDGED_MAX:
            self._place = self.loop.create_future()
            await self._place
        await self.server.take_turn(session.member_id)
        self._post(session, frame)

    def _post(self, session: Session, frame: Frame) -> None:
        if isinstance(frame, client_frames.Chat):
            future = self.server.post(session, frame)
        else:
            future = self.server.act(session, frame)
        self._unacknowledged += 1
        future.add_done_callback(partial(self._conclude, session, frame))
        if self._span is not None:
            self._span.wait_for(future)

    def _conclude(self, session: Session, frame: Frame, future: "asyncio.Future[Stored]") -> None:
        self._unacknowledged -= 1
        if self._place is not None:
            if not self._place.done():
                self._place.set_result(None)
            self._place = None
        self.answer(session, frame, future)

    def answer(self, session: Session, frame: Frame, future: "asyncio.Future[Stored]") -> None:
        """Tell what became of a frame that was posted."""
        raise NotImplementedError


async def _fail(faults: list[Exception]) -> NoReturn:
    raise faults.pop()  # its traceback holds frames that hold this call: no circle, with the socket in it


def is_too_large(text: str) -> bool:
    """Whether it is a larger frame than clients may send. Our uvicorn lets none through, other servers do."""
    most = protocol.FRAME_MAX_BYTES  # of characters that have four bytes at most
    return 4 * len(text) > most and len(text.encode(errors="replace")) > most


async def identify(admission: Admission, handshake: Handshake) -> Caller:
    """Whom the ticket was given to, else whom the token speaks for. Raises NotAuthenticated, StoreUnavailable."""
    ticket = handshake.ticket()
    if not ticket:
        return await admission.verify(handshake.token())
    try:
        beside = await admission.verify(handshake.token())
    except MissingToken:
        beside = None
    return await admission.redeem(ticket, origin=handshake.headers.get("origin"), beside=beside, now=time.time())


def as_logged(exception: BaseException) -> ChatError:
    """The ChatError that a client is shown; what nobody foresaw is logged with its traceback."""
    error = as_chat_error(exception)
    if isinstance(error, InternalError):
        logger.error("a frame was not handled", exc_info=exception)
    return error
