"""What the code knows of tracing. This tracer makes no spans: the one of a process whose traces are off."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, Protocol

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Value = str | int | float | bool | tuple[str, ...]
Place = Any  # a span as others begin under it or link to it; opaque


class Span(Protocol):
    """Something that is sampled and goes on. Everything it says is a number, a code or a word of ours."""

    @property
    def place(self) -> Place: ...

    def rename(self, name: str) -> None: ...

    def say(self, values: Mapping[str, Value]) -> None: ...

    def fail(self, error_type: str) -> None:
        """It went wrong; `error_type` is a code or the name of a class."""

    def end(self, *, at_ns: int | None = None) -> None: ...


class Tracer:
    """Times are nanoseconds since the epoch."""

    is_on = False

    def begin(
        self,
        name: str,
        *,
        kind: Kind = "internal",
        under: Place | None = None,
        since_ns: int | None = None,
        links: Sequence[Place] = (),
        values: Mapping[str, Value] | None = None,
    ) -> Span | None:
        """A span that its caller ends; None where it is not sampled. Without `under` it begins a trace."""
        return None

    def current(self) -> Place | None:
        """The sampled span in which this code runs, while that goes on."""
        return None

    def inside(self, span: Span) -> AbstractContextManager[object]:
        """What runs in it, and every task begun there, is in the span."""
        return nullcontext()

    def around(
        self, name: str, *, kind: Kind = "internal", values: Mapping[str, Value] | None = None
    ) -> AbstractContextManager[Span | None]:
        """A span of what runs in it, under the one in which this task was begun; an exception fails it."""
        return nullcontext()

    def traceparent(self, place: Place) -> str:
        """For another process, as W3C's Trace Context writes it."""
        raise NotImplementedError

    def read(self, traceparent: str) -> Place | None:
        """What another process wrote, if it was sampled there."""
        return None

    async def stop(self) -> None:
        """Send what was ended, if the collector takes it soon."""


def error_type(error: BaseException) -> str:
    """The code of what a client is told, else the exception's class: never its words."""
    return getattr(error, "code", None) or type(error).__name__


NOT_TRACED = Tracer()
