"""Spans by the real library, sent to a real collector."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from opentelemetry.sdk.trace.sampling import Decision, TraceIdRatioBased
from prometheus_client import CollectorRegistry

from chatproject.errors import NotInRoom
from chatproject.tracing.open_telemetry import END_S, OpenTelemetry
from chatproject.tracing.starting import tracer_for
from chatproject.tracing_settings import TracingSettings
from tests.collector import Collector, running_collector

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with running_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=community")
        yield collector


def started(ratio: float = 1.0, *, registry: CollectorRegistry | None = None) -> OpenTelemetry:
    tracer = tracer_for(TracingSettings(is_on=True, ratio=ratio), registry or CollectorRegistry())
    assert isinstance(tracer, OpenTelemetry)
    return tracer


@pytest.fixture
async def tracer(collector: Collector) -> AsyncIterator[OpenTelemetry]:
    tracer = started()
    yield tracer
    await tracer.stop()


async def test_what_ended_before_the_stop_is_sent_with_the_headers_that_were_asked_for(
    collector: Collector,
) -> None:
    registry = CollectorRegistry()
    tracer = started(registry=registry)
    with tracer.around("outer", values={"chat.room_id": 3}), tracer.around("inner", kind="client"):
        pass
    await tracer.stop()

    inner, outer = sorted(collector.spans, key=lambda span: span.name)
    assert (inner.parent_id, inner.trace_id, outer.parent_id) == (outer.span_id, outer.trace_id, "")
    assert (outer.values, outer.service) == ({"chat.room_id": 3}, "community-chat")
    assert collector.headers[0]["x-tenant"] == "community"
    assert registry.get_sample_value("chat_spans_total", {"outcome": "sent"}) == 2


async def test_the_ratio_is_that_of_the_library_for_the_very_same_traces(collector: Collector) -> None:
    tracer, judge = started(0.1), TraceIdRatioBased(0.1)
    begun = [span for _ in range(5_000) if (span := tracer.begin("frame chat")) is not None]
    assert 350 < len(begun) < 650
    for span in begun:
        decision = judge.should_sample(None, span.place.trace_id, "frame chat").decision
        assert decision is Decision.RECORD_AND_SAMPLE
    assert len({span.place.trace_id for span in begun}) == len(begun)
    await tracer.stop()


async def test_a_failure_is_said_by_its_code_or_class_and_never_by_its_words(
    tracer: OpenTelemetry, collector: Collector
) -> None:
    for name, error in (("refused", NotInRoom()), ("broken", ValueError("a secret"))):
        with pytest.raises(type(error)), tracer.around(name):
            raise error
    await tracer.stop()
    assert {span.name: span.values for span in collector.spans} == {
        "refused": {"error.type": NotInRoom.code},
        "broken": {"error.type": "ValueError"},
    }
    assert all(span.is_failed for span in collector.spans)
    assert b"secret" not in b"".join(collector.requests)


def test_what_another_process_wrote_is_read_where_it_was_sampled(tracer: OpenTelemetry) -> None:
    assert (place := tracer.read(TRACEPARENT)) is not None
    assert tracer.traceparent(place) == TRACEPARENT
    for written in (TRACEPARENT[:-1] + "0", "", "00", "x" * 55, TRACEPARENT.replace("4bf9", "zzzz")):
        assert tracer.read(written) is None


async def test_a_task_begun_in_a_span_is_in_it_only_while_that_goes_on(tracer: OpenTelemetry) -> None:
    span, may_look = tracer.begin("outer"), asyncio.Event()
    assert span is not None

    async def look() -> bool:
        await may_look.wait()
        return tracer.current() is None

    with tracer.inside(span):
        late = asyncio.create_task(look())
        assert tracer.current() == span.place
    assert tracer.current() is None
    span.end()
    may_look.set()
    assert await late


async def test_a_collector_that_hangs_costs_spans_and_a_second_at_the_end(collector: Collector) -> None:
    collector.lets_go.clear()
    tracer = started()
    began = time.monotonic()
    for _ in range(5_000):  # more than are kept
        with tracer.around("frame chat"):
            pass
    took_s = time.monotonic() - began
    await asyncio.to_thread(collector.was_called.wait)
    began = time.monotonic()
    await tracer.stop()
    assert END_S <= time.monotonic() - began < END_S + 2
    assert took_s < 10
    ours = [thread for thread in threading.enumerate() if thread.name.startswith(("Otel", "traces-end"))]
    assert ours
    assert all(thread.daemon for thread in ours)
