"""What the sender counts. What waits is told only by the process that sends, so that a sum over all is right."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chatproject.outgoing.services import Standing


class EventMetrics:
    """The counters of one process, and the standing of the endpoints that it holds."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sent = Counter("chat_events_sent", "Events that receivers took.", ["kind"], registry=registry)
        self.failed = Counter("chat_events_failed", "Tries that failed, by why.", ["reason"], registry=registry)
        self.standings: Mapping[int, Standing] = {}
        self.failing: Mapping[int, bool] = {}
        registry.register(_Gauges(self))


class _Gauges(Collector):
    def __init__(self, metrics: EventMetrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily("chat_events_waiting", "Events that wait.", labels=["endpoint"])
        oldest = GaugeMetricFamily("chat_events_oldest_seconds", "Age of the oldest.", labels=["endpoint"])
        dead = GaugeMetricFamily("chat_events_dead", "Events that were given up.", labels=["endpoint"])
        failing = GaugeMetricFamily("chat_events_failing", "Nothing gets through: 1.", labels=["endpoint"])
        for endpoint_id, is_failing in self._metrics.failing.items():
            failing.add_metric([str(endpoint_id)], is_failing)
        for endpoint_id, standing in self._metrics.standings.items():
            labels = [str(endpoint_id)]
            waiting.add_metric(labels, standing.waiting)
            oldest.add_metric(labels, _age_s(standing.oldest_created_at))
            dead.add_metric(labels, standing.dead)
        return [waiting, oldest, dead, failing]


def _age_s(moment: datetime | None) -> float:
    return max(0.0, time.time() - moment.timestamp()) if moment is not None else 0.0
