"""The span of a frame that is sampled: from its taking to its answer. Never what the frame says."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from chatproject.tracing.tracer import Span, Tracer, Value, error_type
from messaging.delivery.sessions import Session
from messaging.server import ChatServer
from messaging.sockets.intake import Rest
from messaging.wire.client_frames import AnyClientFrame

T = TypeVar("T")


class FrameSpan:
    """Ends with what the frame waits for last."""

    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer, self._span = tracer, span
        self.waits = False  # for an answer that comes later

    def run(self, begin: Callable[[], T]) -> T:
        """What is dealt with at once. Raises what that raises."""
        try:
            with self._tracer.inside(self._span):
                return begin()
        except Exception as error:
            self._end(error)
            raise

    async def finish(self, rest: Rest) -> None:
        """What had to wait. Raises what that raises."""
        failure: BaseException | None = None
        try:
            with self._tracer.inside(self._span):
                await rest()
        except BaseException as error:
            failure = error
            raise
        finally:
            if failure is not None or not self.waits:
                self._end(failure)

    def wait_for(self, answer: asyncio.Future[T]) -> None:
        """The frame is answered by this."""
        self.waits = True
        answer.add_done_callback(self._conclude)

    def end(self) -> None:
        self._end(None)

    def _conclude(self, answer: asyncio.Future[T]) -> None:
        self._end(None if answer.cancelled() else answer.exception())

    def _end(self, error: BaseException | None) -> None:
        if error is not None:
            self._span.fail(error_type(error))
        self._span.end()


def span_of(frame: AnyClientFrame, tracer: Tracer) -> FrameSpan | None:
    """None where it is not sampled."""
    name = type(frame).__name__.lower()
    if (span := tracer.begin(f"frame {name}", kind="server")) is None:
        return None
    values: dict[str, Value] = {"chat.frame": name}
    if (room_id := getattr(frame, "room_id", None)) is not None:
        values["chat.room_id"] = room_id
    span.say(values)
    return FrameSpan(tracer, span)


class SpannedFrames:
    """What a consumer inherits: its frames' spans. A socket deals with one frame at a time."""

    server: ChatServer
    _span: FrameSpan | None = None  # of the frame that is dealt with now, where it is sampled

    def handle(self, session: Session, frame: AnyClientFrame) -> Rest | None:
        """Do what a valid frame asks for; see `begin`. Raises why it is refused."""
        tracer = self.server.roads.tracer
        if not tracer.is_on or (span := span_of(frame, tracer)) is None:
            return self._handle(session, frame)
        self._span = span
        try:
            rest = span.run(partial(self._handle, session, frame))
        finally:
            self._span = None
        if rest is not None:
            return partial(self._finish_in, span, rest)
        if not span.waits:
            span.end()
        return None

    async def _finish_in(self, span: FrameSpan, rest: Rest) -> None:
        self._span = span
        try:
            await span.finish(rest)
        finally:
            self._span = None

    def _handle(self, session: Session, frame: Any) -> Rest | None:
        raise NotImplementedError
