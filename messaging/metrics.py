"""What one process counts, in Prometheus' terms. A registry of its own, so that two servers in one test differ.

Several workers behind one port share no counts: whichever is asked tells of all, see `chatproject.workers`.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import replica
from messaging.tallies import Counts, Tally

LOOP_LOOK_INTERVAL_S = 0.5
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MESSAGES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Standing(Protocol):
    """What is read off the server when it is asked for its metrics."""

    def standing(self) -> dict[str, float]:
        """Present values by name, such as {"sockets": 3}."""


class Metrics:
    """The counters and histograms of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._frames = Counts(
            "chat_frames_received", "Frames that clients sent.", label="type", registry=self.registry
        )
        self._types: dict[type, str] = {}  # as they are shown
        self.refusals = Counter("chat_refusals", "Refusals told to clients.", ["code"], registry=self.registry)
        kinds = ("change", "replay", "inbox", "ephemeral", "answer")
        sent = Counts(
            "chat_frames_sent", "Frames handed to sockets.", label="kind", registry=self.registry, known=kinds
        )
        self.sent = sent.of  # a change sent live or in a replay is a delivery
        self.registry.register(_Deliveries(sent.of))
        self.slow_closes = Counter("chat_slow_closes", "Sockets closed with 4408.", registry=self.registry)
        self.gaps = Counter("chat_gaps", "Gaps in a room's changes that were seen.", registry=self.registry)
        self.repairs = Counter("chat_gap_repairs", "Reads that closed such gaps.", registry=self.registry)
        self.concerns = Counter(
            "chat_concerns", "Messages and reports after which people look.", ["source"], registry=self.registry
        )
        self.signals_failing = Gauge(
            "chat_signals_failing", "1 while texts cannot be looked at for signals.", registry=self.registry
        )
        if REPLICA_ALIAS in settings.DATABASES:
            self.registry.register(replica.reads)
            self.registry.register(replica.up)
        self.sweeps = Counter("chat_sweeps", "Sweeps over the rooms that have listeners.", registry=self.registry)
        self.batch_messages = self._histogram("chat_batch_messages", "Messages of one transaction.", MESSAGES)
        self.commit_seconds = self._histogram("chat_commit_seconds", "Time of one transaction.", SECONDS)
        self.acknowledgement_seconds = self._histogram(
            "chat_acknowledgement_seconds", "Time from taking a message to its acknowledgement.", SECONDS
        )
        self.loop_lag_seconds = self._histogram(
            "chat_loop_lag_seconds", "How late the event loop is, looked at twice a second.", SECONDS
        )

    def _histogram(self, name: str, help_text: str, buckets: tuple[float, ...]) -> Tally:
        return Tally(name, help_text, buckets=buckets, registry=self.registry)

    def count_frame(self, frame: object) -> None:
        """A frame that a client sent, by its class."""
        kind = type(frame)
        if (name := self._types.get(kind)) is None:
            name = self._types[kind] = kind.__name__.lower()
        self._frames.of[name] = self._frames.of.get(name, 0) + 1

    def watch(self, server: Standing) -> None:
        """Show the server's present values too."""
        self.registry.register(_Gauges(server))

    async def watch_loop(self) -> None:
        """Measure the event loop for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOP_LOOK_INTERVAL_S
            await asyncio.sleep(LOOP_LOOK_INTERVAL_S)
            self.loop_lag_seconds.observe(max(0.0, loop.time() - due))


class _Deliveries(Collector):
    def __init__(self, sent: Mapping[str, int]) -> None:
        self._sent = sent

    def collect(self) -> Iterable[Metric]:
        count = self._sent["change"] + self._sent["replay"]
        yield CounterMetricFamily("chat_deliveries", "Changes handed to sockets.", value=count)


class _Gauges(Collector):
    def __init__(self, server: Standing) -> None:
        self._server = server

    def collect(self) -> Iterable[Metric]:
        for name, value in self._server.standing().items():
            yield GaugeMetricFamily(f"chat_{name}", f"Present number: {name.replace('_', ' ')}.", value=value)
