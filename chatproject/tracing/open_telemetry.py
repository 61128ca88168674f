"""Spans by OpenTelemetry's SDK, sent by its OTLP exporter in a thread of its own. Imported where traces are on."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from random import getrandbits
from uuid import uuid4

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chatproject.tracing.exporting import Exporter, SpanMetrics
from chatproject.tracing.tracer import Kind, Span, Tracer, Value, error_type
from chatproject.tracing_settings import TracingSettings

END_S = 1.0  # for the last spans, of the 10 s in which a process has to be gone
TRACEPARENT = "traceparent"
NO_CONTEXT = contexts.Context()

_KINDS: Mapping[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_parents = TraceContextTextMapPropagator()


class OpenTelemetry(Tracer):
    """Made once per process: it owns the exporter's thread. `stop` it."""

    is_on = True

    def __init__(self, settings: TracingSettings, metrics: SpanMetrics) -> None:
        ratio = TraceIdRatioBased(settings.ratio)
        self._bound, self._ids = ratio.bound, _Ids()
        self._exporter = Exporter(OTLPSpanExporter(), metrics)
        own = {} if settings.is_named else {"service.name": settings.service_name}
        self._provider = TracerProvider(
            sampler=_sampler(settings, ratio),
            resource=Resource.create({**own, "service.instance.id": uuid4().hex}),
            id_generator=self._ids,
            shutdown_on_exit=False,  # it would wait for a collector that hangs
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("community-chat")

    def begin(
        self,
        name: str,
        *,
        kind: Kind = "internal",
        under: SpanContext | None = None,
        since_ns: int | None = None,
        links: Sequence[SpanContext] = (),
        values: Mapping[str, Value] | None = None,
    ) -> Span | None:
        if under is None:
            # the sampler would say the same after 10 µs: too much where one message in a hundred is sampled
            if (drawn := getrandbits(64)) >= self._bound:
                return None
            self._ids.drawn, context = drawn, NO_CONTEXT
        else:
            context = trace.set_span_in_context(NonRecordingSpan(under), NO_CONTEXT)
        span = self._tracer.start_span(
            name,
            context,
            _KINDS[kind],
            values,
            [Link(place) for place in links],
            since_ns,
        )
        return _Span(span) if span.is_recording() else None

    def current(self) -> SpanContext | None:
        span = trace.get_current_span()
        return span.get_span_context() if span.is_recording() else None

    def inside(self, span: Span) -> AbstractContextManager[object]:
        assert isinstance(span, _Span)
        return trace.use_span(span.span, record_exception=False, set_status_on_exception=False)

    @contextmanager
    def around(
        self, name: str, *, kind: Kind = "internal", values: Mapping[str, Value] | None = None
    ) -> Iterator[Span | None]:
        here = trace.get_current_span().get_span_context()
        span = self.begin(name, kind=kind, under=here if here.is_valid else None, values=values)
        if span is None:
            yield None
            return
        try:
            with self.inside(span):
                yield span
        except BaseException as error:
            span.fail(error_type(error))
            raise
        finally:
            span.end()

    def traceparent(self, place: SpanContext) -> str:
        carrier: dict[str, str] = {}
        _parents.inject(carrier, trace.set_span_in_context(NonRecordingSpan(place), NO_CONTEXT))
        return carrier[TRACEPARENT]

    def read(self, traceparent: str) -> SpanContext | None:
        place = trace.get_current_span(_parents.extract({TRACEPARENT: traceparent}, NO_CONTEXT)).get_span_context()
        return place if place.is_valid and place.trace_flags.sampled else None

    async def stop(self) -> None:
        loop, is_over = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(is_over.set)

        threading.Thread(target=end, name="traces-end", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S if self._exporter.is_up else 0):
                await is_over.wait()


class _Span:
    def __init__(self, span: trace.Span) -> None:
        self.span = span

    @property
    def place(self) -> SpanContext:
        return self.span.get_span_context()

    def rename(self, name: str) -> None:
        self.span.update_name(name)

    def say(self, values: Mapping[str, Value]) -> None:
        self.span.set_attributes(values)

    def fail(self, error_type: str) -> None:
        self.span.set_attribute("error.type", error_type)
        self.span.set_status(Status(StatusCode.ERROR))

    def end(self, *, at_ns: int | None = None) -> None:
        self.span.end(at_ns)


class _Ids(RandomIdGenerator):
    """Makes the next trace's id of what was `drawn`, which decided that it is sampled."""

    drawn: int | None = None

    def generate_trace_id(self) -> int:
        drawn, self.drawn = self.drawn, None
        if drawn is None:
            return super().generate_trace_id()
        return (getrandbits(64) << 64 | drawn) or 1  # 0 is no id


def _sampler(settings: TracingSettings, ratio: TraceIdRatioBased) -> Sampler:
    return ParentBased(ratio) if settings.heeds_parents else ratio
