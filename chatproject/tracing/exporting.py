"""How spans leave, and what is said and counted of it. A collector that is away costs spans and nothing else."""

import logging
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry, Counter

logger = logging.getLogger(__name__)


class SpanMetrics:
    """Added to by the exporter's thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.spans = Counter("chat_spans", "Spans that a collector took or lost.", ["outcome"], registry=registry)
        for outcome in ("sent", "lost"):
            self.spans.labels(outcome)


class Exporter(SpanExporter):
    """Around the library's own, whose lines are kept out of the log: they come with every batch."""

    def __init__(self, exporter: SpanExporter, metrics: SpanMetrics) -> None:
        self._exporter, self._metrics = exporter, metrics
        self.is_up = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        is_sent = result is SpanExportResult.SUCCESS
        self._metrics.spans.labels("sent" if is_sent else "lost").inc(len(spans))
        if is_sent != self.is_up:
            self.is_up = is_sent
            logger.warning("the collector of traces is back" if is_sent else "no collector takes the traces")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)
