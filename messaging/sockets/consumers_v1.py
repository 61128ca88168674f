"""One socket of a client of the replaced server: refused with a status, then never answered but by messages."""

import logging
import time
from functools import partial
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
from messaging.sockets.consumers import ChatConsumer, Frame, as_logged, is_too_large
from messaging.sockets.handshake import WHAT_TO_OFFER, Handshake, NothingToAccept
from messaging.sockets.intake import Rest
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

    def begin(self, text: str | None) -> Rest | None:
        session, text = self.session, text or ""
        if session is None or not session.is_open:
            return None
        if self.frames.take(self.loop.time()):
            self._drop_flood()
            return None
        if is_too_large(text):
            self._drop(TooLarge())
            return None
        try:
            frame = decode_v1(text)
            self.server.metrics.count_frame(frame)
            session.looked_at = time.monotonic()
            rest = self.handle(session, frame)
        except MalformedFrame as malformed:
            self._drop(malformed.error)
            return None
        except Exception as exception:
            self._drop(as_logged(exception))
            return None
        return partial(self.finish, frame, rest) if rest is not None else None

    def _handle(
        self, session: Session, frame: client_frames.Subscribe | client_frames.Unsubscribe | client_frames.Chat
    ) -> Rest | None:
        match frame:
            case client_frames.Chat():
                return self.post(session, frame)
            case client_frames.Subscribe():
                return partial(self.server.subscriptions.subscribe, session, frame)
            case client_frames.Unsubscribe():
                self.server.subscriptions.end(session, frame.room_id)
        return None

    def fail(self, frame: client_frames.AnyClientFrame, exception: BaseException) -> None:
        self._drop(as_logged(exception))

    def answer(self, session: Session, frame: Frame, future: "asyncio.Future[Stored]") -> None:
        if (exception := future.exception()) is not None:
            self.fail(frame, exception)
        else:
            self.server.calls.consider(session, future.result().message, refuse=self._drop)

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
