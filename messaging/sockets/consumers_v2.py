"""One socket of a v2 client: every frame is answered, by its `id` where it has one."""

import asyncio
import logging
import random
import time
from dataclasses import replace
from functools import partial
from typing import assert_never

from django.conf import settings
from django.utils import translation

from chatproject.errors import ChatError, NotAllowed, NotAuthenticated, TooManyRequests
from chatproject.room_errors import MessageHeld
from messaging.delivery.sessions import Session
from messaging.ruling import rule
from messaging.sanctioning import sanction
from messaging.sockets.consumers import ChatConsumer, Frame, as_logged, identify, is_too_large
from messaging.sockets.handshake import WHAT_TO_OFFER, Handshake, NothingToAccept
from messaging.sockets.intake import Rest
from messaging.sockets.outbox import asgi_close_code
from messaging.sockets.welcoming import welcome
from messaging.store.services import Stored
from messaging.wire import client_frames, protocol
from messaging.wire.decoding import MalformedFrame, decode
from messaging.wire.protocol import CloseCode, ServerFrame, encode
from rooms.members.ages import may_meet_ai, stricter_age

logger = logging.getLogger(__name__)

SPEAKS_WITHIN_S = 10.0  # an honest client subscribes at once, and one without a room pings
UNMEANT = (client_frames.Ping, client_frames.Auth)  # a client sends them by itself
RECONNECT_AFTER_S = (0.5, 5.0)  # spread, so that a restart's clients do not come back all at once


class V2Consumer(ChatConsumer):
    """Ends with its token, unless a fresh one comes in time."""

    _silence: asyncio.TimerHandle | None = None  # runs until the first valid frame

    async def connect(self) -> None:
        handshake = Handshake.of(self.scope)
        if not handshake.origin_is_allowed(settings.ROUTE_FRONT):
            await self.deny(403, "origin not allowed")
            return
        try:
            subprotocol = handshake.subprotocol()
        except NothingToAccept as error:
            self._count_refusal(error)
            await self.deny(error.http_status, WHAT_TO_OFFER)
            return
        # accepted first: a browser shows its page the close code of a socket, never the status of a refusal
        await self.accept(subprotocol)
        try:
            session = await self.open_session(await identify(self.server.admission, handshake), handshake)
        except Exception as exception:
            await self._turn_away(as_logged(exception), handshake.language())
            return
        reconnect_after = round(random.uniform(*RECONNECT_AFTER_S), 1)  # noqa: S311 - no secret
        session.sink.farewell = encode(protocol.Bye(reconnect_after=reconnect_after))
        has_assistant = self.server.calls.has_model and may_meet_ai(session.caller.under14)
        epoch = self.server.epochs.current
        told = welcome(
            session, self.server.limits, silent_s=SPEAKS_WITHIN_S, has_assistant=has_assistant, epoch=epoch
        )
        self._push(told)
        self.watch_expiry()
        self._silence = asyncio.get_running_loop().call_later(
            SPEAKS_WITHIN_S, session.close, CloseCode.TOO_MANY, "nothing valid was sent"
        )

    async def _turn_away(self, error: ChatError, language: str) -> None:
        match error:
            case NotAuthenticated():
                code = CloseCode.UNAUTHENTICATED
            case TooManyRequests():
                code = CloseCode.TOO_MANY
            case _:
                is_ours = error.http_status >= 500
                code = CloseCode.SERVICE_RESTART if is_ours else CloseCode.SHUT_OUT
        self._count_refusal(error)
        await self.send(encode(_refusal(error, language)).decode())
        await self.close(asgi_close_code(code), error.code)

    def _count_refusal(self, error: ChatError) -> None:
        self.server.metrics.refusals.labels(error.code).inc()
        logger.info("a handshake was refused: %s", error.code)

    async def disconnect(self, code: int | None) -> None:
        if self._silence is not None:
            self._silence.cancel()
        await super().disconnect(code)

    def begin(self, text: str | None) -> Rest | None:
        session = self.session
        if session is None or not session.is_open:
            return None
        if self.frames.take(self.loop.time()):
            session.close(CloseCode.TOO_MANY, "too many frames")
        elif text is None:
            session.close(CloseCode.UNSUPPORTED_DATA, "text frames only")
        elif is_too_large(text):
            session.close(CloseCode.TOO_LARGE, "frame too large")
        else:
            return self._begin_text(session, text)
        return None

    def _begin_text(self, session: Session, text: str) -> Rest | None:
        try:
            frame = decode(text)
        except MalformedFrame as malformed:
            self._refuse(malformed.error, frame_id=malformed.frame_id, room_id=malformed.room_id)
            return None
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        self.server.metrics.count_frame(frame)
        if session.looks is None and not isinstance(frame, UNMEANT):
            session.looked_at = time.monotonic()
        try:
            rest = self.handle(session, frame)
        except Exception as exception:
            self.fail(frame, exception)
            return None
        return partial(self.finish, frame, rest) if rest is not None else None

    def _handle(self, session: Session, frame: client_frames.AnyClientFrame) -> Rest | None:
        match frame:
            case (
                client_frames.Chat()
                | client_frames.Edit()
                | client_frames.Delete()
                | client_frames.React()
                | client_frames.Pin()
                | client_frames.Hide()
            ):
                return self.post(session, frame)
            case client_frames.Subscribe():
                return partial(self.server.subscriptions.subscribe, session, frame)
            case client_frames.Unsubscribe():
                self.server.subscriptions.end(session, frame.room_id)
                self._push(protocol.Ok(id=frame.id))
            case client_frames.Mute() | client_frames.Remove() | client_frames.Lift():
                return partial(self._do, frame, partial(sanction, self.server, frame, caller=session.caller))
            case client_frames.SetRole() | client_frames.SetRules():
                return partial(self._do, frame, partial(rule, self.server, frame, caller=session.caller))
            case client_frames.Read():
                return partial(self._do, frame, partial(self.server.reads.mark, session, frame))
            case client_frames.Typing():
                self.server.tell_typing(session, frame)
            case client_frames.Look():
                self.server.presence.look(session, is_on=frame.on)
            case client_frames.Watch():
                self.server.watching.watch(session, frame, refuse=partial(self.fail, frame))
            case client_frames.Inbox():
                return partial(self._do, frame, partial(self.server.inboxes.turn, session, frame))
            case client_frames.Ask():
                return partial(self._ask, session, frame)
            case client_frames.Stop():
                return partial(self._do, frame, partial(self.server.calls.stop, session, frame))
            case client_frames.Auth():
                return partial(self._do, frame, partial(self._renew, session, frame))
            case client_frames.Ping():
                self._push(protocol.Pong(id=frame.id))
            case _:
                assert_never(frame)
        return None

    async def _do(self, frame: client_frames.AnyClientFrame, act: Rest) -> None:
        await act()
        self._push(protocol.Ok(id=frame.id))

    async def _ask(self, session: Session, frame: client_frames.Ask) -> None:
        trigger = await self.server.calls.find_trigger(session, frame)
        self._heed_writing(session, trigger)
        self._push(_ack(frame, trigger))
        await self.server.calls.answer(session, frame, trigger)

    def answer(self, session: Session, frame: Frame, future: "asyncio.Future[Stored]") -> None:
        if (exception := future.exception()) is not None:
            self.fail(frame, exception)
        elif isinstance(frame, client_frames.Chat):
            stored = future.result()
            self._heed_writing(session, stored)
            self.server.hub.hold(session, encode(_ack(frame, stored)))  # the message itself comes right behind it
            refuse = partial(self._refuse, frame_id=frame.id, room_id=frame.room_id)
            self.server.calls.consider(session, stored.message, refuse=refuse)
        else:
            ok = protocol.Ok(id=frame.id, version=future.result().message.version)
            self.server.hub.hold(session, encode(ok))

    def _heed_writing(self, session: Session, stored: Stored) -> None:
        """Not before it is said: frames that say nothing must not let anybody type without end."""
        if stored.is_new:
            self.server.heed_writing(session, stored.message.room_id)

    def fail(self, frame: client_frames.AnyClientFrame, exception: BaseException) -> None:
        self._refuse(as_logged(exception), frame_id=frame.id, room_id=getattr(frame, "room_id", None))

    async def _renew(self, session: Session, frame: client_frames.Auth) -> None:
        caller = await self.server.admission.verify(frame.access)
        if caller.member_id != session.member_id:
            raise NotAllowed
        under14 = session.caller.under14
        if caller.under14 not in (None, under14):
            under14 = (await self.server.require_member(caller)).under14
        session.caller = replace(caller, under14=stricter_age(caller.under14, under14))
        self.watch_expiry()

    def _push(self, frame: ServerFrame) -> None:
        if self.session is not None:
            self.session.push_text(encode(frame))
            self.server.hub.sent["answer"] += 1

    def _refuse(self, error: ChatError, *, frame_id: str | None, room_id: int | None) -> None:
        self.server.metrics.refusals.labels(error.code).inc()
        if self.session is not None:
            self._push(_refusal(error, self.session.language, frame_id=frame_id, room_id=room_id))


def _ack(frame: client_frames.Chat | client_frames.Ask, stored: Stored) -> protocol.Ack:
    message = stored.message
    return protocol.Ack(
        id=frame.id,
        room_id=message.room_id,
        seq=message.seq,
        version=message.version,
        client_id=message.client_id,
        created_at=message.created_at,
        duplicate=stored.duplicate,
    )


def _refusal(
    error: ChatError, language: str, *, frame_id: str | None = None, room_id: int | None = None
) -> protocol.Refusal:
    with translation.override(language):
        return protocol.Refusal(
            id=frame_id,
            code=error.code,
            message=str(error.message),
            retry_after=error.retry_after,
            room_id=room_id,
            held_id=error.held_id if isinstance(error, MessageHeld) else None,
        )
