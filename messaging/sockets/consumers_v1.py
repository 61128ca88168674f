"""One socket of a client of the replaced server: refused with a status, then never answered but by messages."""

import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings

from chatproject.errors import (
    ChatError,
    ExpiredToken,
    InvalidInput,
    MemberNotFound,
    MissingToken,
    NotAuthenticated,
    NotInRoom,
    RoomNotFound,
    TooLarge,
    TooManyRequests,
)
from chatproject.http.api import parse_id
from chatproject.tokens import Caller
from messaging.delivery.sessions import Session
from messaging.sockets.consumers import ChatConsumer, as_logged, is_too_large
from messaging.sockets.handshake import WHAT_TO_OFFER, Handshake, NothingToAccept
from messaging.store.services import Stored
from messaging.wire import client_frames
from messaging.wire.decoding import MalformedFrame, decode_v1

if TYPE_CHECKING:
    import asyncio

logger = logging.getLogger(__name__)


class V1Consumer(ChatConsumer):
    """A malformed or refused frame is dropped without closing, and logged by its code."""

    is_v1 = True
    _has_flooded = False

    async def connect(self) -> None:
        handshake = Handshake.of(self.scope)
        if not handshake.origin_is_allowed(settings.ROUTE_FRONT):
            await self.deny(403, "origin not allowed")
            return
        try:
            subprotocol = handshake.subprotocol(is_v1=True)
            await self._check_in(handshake)
        except Exception as exception:
            await self._refuse(as_logged(exception))  # kept here, it would hold this frame, which holds it
            return
        await self.accept(subprotocol)
        self.watch_expiry()

    async def _refuse(self, error: ChatError) -> None:
        self.server.metrics.refusals.labels(error.code).inc()
        logger.info("a v1 handshake was refused: %s", error.code)
        await self.deny(*_denial(error))

    async def _check_in(self, handshake: Handshake) -> None:
        token = handshake.token()
        if not handshake.parameter("roomId"):
            raise _MissingRoomId
        caller = await self.server.admission.verify(token)
        room_id = parse_id(handshake.parameter("roomId"))
        await self._require_place(caller, room_id)
        await self.open_session(caller, handshake)

    async def _require_place(self, caller: Caller, room_id: int) -> None:
        """Raises MemberNotFound too: who is no member at all is told that."""
        try:
            await self.server.subscriptions.require_place(room_id=room_id, member_id=caller.member_id)
        except (NotInRoom, RoomNotFound):
            await self.server.require_member(caller)
            raise

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        session = self.session
        if session is None or not session.is_open:
            return
        if self.is_flooding():
            self._drop_flood()
            return
        text = text_data or ""
        if is_too_large(text):
            self._drop(TooLarge())
            return
        try:
            frame = decode_v1(text)
            self.server.metrics.count_frame(frame)
            session.looked_at = time.monotonic()
            await self._handle(session, frame)
        except MalformedFrame as malformed:
            self._drop(malformed.error)
        except Exception as exception:
            self._drop(as_logged(exception))

    async def _handle(
        self, session: Session, frame: client_frames.Subscribe | client_frames.Unsubscribe | client_frames.Chat
    ) -> None:
        match frame:
            case client_frames.Chat():
                future = await self.post(session, frame)
                future.add_done_callback(self._conclude)
            case client_frames.Subscribe():
                await self.server.subscriptions.subscribe(session, frame)
            case client_frames.Unsubscribe():
                self.server.subscriptions.end(session, frame.room_id)

    def _conclude(self, future: "asyncio.Future[Stored]") -> None:
        if (exception := future.exception()) is not None:
            self._drop(as_logged(exception))
        else:
            self.server.calls.consider(future.result().message, refuse=self._drop)

    def _drop_flood(self) -> None:
        """Count each frame, log the first of the socket: a flood of frames must not become one of lines."""
        if self._has_flooded:
            self.server.metrics.refusals.labels(TooManyRequests.code).inc()
        else:
            self._has_flooded = True
            self._drop(TooManyRequests())

    def _drop(self, error: ChatError) -> None:
        self.server.metrics.refusals.labels(error.code).inc()
        logger.info("a v1 frame was dropped: %s", error.code)


class _MissingRoomId(InvalidInput):
    """The handshake names no room."""


def _denial(error: ChatError) -> tuple[int, str]:
    """Status and sentence of a refused handshake, as the replaced server words them."""
    match error:
        case MissingToken():
            return 401, "missing access token"
        case _MissingRoomId():
            return 401, "missing roomId"
        case NothingToAccept():
            return 400, WHAT_TO_OFFER
        case ExpiredToken():
            return 401, "access token expired"
        case NotAuthenticated() | InvalidInput():
            return 401, "invalid token"
        case MemberNotFound():
            return 404, "no such member"
        case _ if error.http_status in (403, 404):
            return 403, "not in this room"
        case _:
            return error.http_status, error.code
