"""What is counted for every message, in plain numbers that Prometheus is shown when it asks.

Its own counters lock for each number: those of one message cost 10 µs, as much as to deliver it to five sockets.
Of one thread, the event loop's; a thread that collects may see a number that is one behind its neighbour.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry


class Tally(Collector):
    """A histogram: how many values were at most as large as each of the `buckets`."""

    def __init__(
        self, name: str, help_text: str, *, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name, self._help, self._buckets = name, help_text, buckets
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0
        registry.register(self)

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._buckets, value)] += 1
        self._sum += value

    def collect(self) -> Iterable[Metric]:
        names = [*(str(float(bound)) for bound in self._buckets), "+Inf"]
        buckets = list(zip(names, map(float, accumulate(self._counts)), strict=True))
        yield HistogramMetricFamily(self._name, self._help, buckets=buckets, sum_value=self._sum)


class Counts(Collector):
    """Counters by one label; those of `known` values are shown from the start. Add to `of` whatever happens."""

    def __init__(
        self, name: str, help_text: str, *, label: str, registry: CollectorRegistry, known: Iterable[str] = ()
    ) -> None:
        self._name, self._help, self._label = name, help_text, label
        self.of = dict.fromkeys(known, 0)
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(self._name, self._help, labels=[self._label])
        for value, count in list(self.of.items()):
            family.add_metric([value], count)
        yield family
