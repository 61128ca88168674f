"""What is said and counted where a collector is away, and where it is back."""

import logging
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry

from chatproject.tracing.exporting import Exporter, SpanMetrics


class Uncertain(SpanExporter):
    result = SpanExportResult.FAILURE

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.result


def test_it_is_said_once_that_no_collector_takes_traces_and_once_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry, collector = CollectorRegistry(), Uncertain()
    exporter = Exporter(collector, SpanMetrics(registry))
    span = ReadableSpan("frame chat")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            exporter.export([span, span])
        assert not exporter.is_up
        collector.result = SpanExportResult.SUCCESS
        exporter.export([span])
        exporter.export([span])
    assert [record.message for record in caplog.records] == [
        "no collector takes the traces",
        "the collector of traces is back",
    ]
    assert registry.get_sample_value("chat_spans_total", {"outcome": "lost"}) == 6
    assert registry.get_sample_value("chat_spans_total", {"outcome": "sent"}) == 2
