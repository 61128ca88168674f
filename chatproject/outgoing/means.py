"""What couriers are built with. No I/O."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from chatproject.outgoing.bodies import Bodies
from chatproject.outgoing.metrics import EventMetrics
from chatproject.tracing.tracer import Tracer

Run = Callable[..., Awaitable[Any]]


class Means(NamedTuple):
    """`run` calls a function on a database thread."""

    holder: str
    run: Run
    bodies: Bodies
    metrics: EventMetrics
    tls: ssl.SSLContext
    tracer: Tracer
