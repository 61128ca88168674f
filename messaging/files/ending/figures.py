"""What operators are shown of files, in Prometheus' terms."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from messaging.files.ending.ends import Ending
from messaging.files.ending.straying import Figures


class FileFigures(Collector):
    """Of one process. How many files there are is known by the one that went through them last."""

    def __init__(self, registry: CollectorRegistry, *, is_store_up: Callable[[], bool]) -> None:
        self._is_store_up = is_store_up
        self._known: Figures | None = None
        self._ended = Counter(
            "chat_files_ended",
            "Files taken away: removed with their rows, expired in messages that stand, or leftover exports.",
            ["how"],
            registry=registry,
        )
        self.failures = Counter(
            "chat_file_sweep_failures", "Sweeps over files that were broken off.", registry=registry
        )
        for how in ("removed", "expired", "leftover"):
            self._ended.labels(how)
        registry.register(self)

    def show(self, known: Figures | None) -> None:
        self._known = known

    def count(self, ending: Ending) -> None:
        """These were taken away."""
        self._ended.labels("removed").inc(len(ending.removed))
        self._ended.labels("expired").inc(len(ending.expired))

    def count_leftovers(self, many: int) -> None:
        """So many exports were taken away that no row knew of."""
        self._ended.labels("leftover").inc(many)

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "chat_file_store_up", "1 while files can be stored and read.", value=self._is_store_up()
        )
        if self._known is not None:
            files = GaugeMetricFamily("chat_files", "Files there are, by state.", labels=["state"])
            for state, count in self._known.counts.items():
                files.add_metric([state], count)
            yield files
            yield GaugeMetricFamily("chat_files_kept_bytes", "What they take.", value=self._known.kept_bytes)
