"""A receiver is told of the span of an event's request, so that its own trace may go on there."""

import ipaddress
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from chatproject.outgoing.addresses import read_url
from chatproject.outgoing.composing import Row
from chatproject.outgoing.connecting import GuardedNetwork, tls
from chatproject.outgoing.posting import Lane, Receiver
from chatproject.outgoing.traced_posting import post_event
from chatproject.tracing.starting import tracer_for
from chatproject.tracing.tracer import NOT_TRACED
from chatproject.tracing_settings import TracingSettings
from tests.chatproject.outgoing.receiver import receiving
from tests.collector import running_collector

ROW = Row(1, "message", 5, 1, 1, None, None, datetime(2026, 1, 1, tzinfo=UTC), 2, None, None)


async def test_the_receiver_is_told_where_it_is_sampled_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane(GuardedNetwork(allowed=[ipaddress.ip_network("127.0.0.0/8")]), tls())
    with running_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        tracer = tracer_for(TracingSettings(is_on=True), CollectorRegistry())
        async with receiving() as receiver:
            to = Receiver(read_url(receiver.url))
            for one in (tracer, NOT_TRACED):
                await post_event(ROW, lane, to, [(b"webhook-id", b"evt_1_1")], b"{}", tracer=one)
            sampled, untold = receiver.taken
        await lane.close()
        await tracer.stop()

    (span,) = collector.spans
    assert sampled.headers["traceparent"].split("-")[1:3] == [span.trace_id, span.span_id]
    assert "traceparent" not in untold.headers
    assert span.values == {
        "http.request.method": "POST",
        "chat.event": "message",
        "chat.tries": 3,
        "http.response.status_code": 204,
    }
