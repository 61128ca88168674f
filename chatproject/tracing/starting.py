"""Which tracer a process has. Imports no library but where one is asked for."""

from prometheus_client import CollectorRegistry

from chatproject.tracing.tracer import NOT_TRACED, Tracer
from chatproject.tracing_settings import TracingSettings


def tracer_for(settings: TracingSettings, registry: CollectorRegistry) -> Tracer:
    """Made once per process; its counts are in `registry`."""
    if not settings.is_on:
        return NOT_TRACED
    from chatproject.tracing.exporting import SpanMetrics  # a third of a second, and 9 MiB
    from chatproject.tracing.open_telemetry import OpenTelemetry

    return OpenTelemetry(settings, SpanMetrics(registry))
