"""What one worker counts, as bytes, and what several do, as Prometheus is told. Pure.

Each number keeps its worker's name as a label, so that sums stay right: a sum made here would fall when a worker
ends, which Prometheus takes for a new beginning of the whole.
"""

from collections.abc import Iterable, Mapping

import msgspec
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

LABEL = "worker"


class _Family(msgspec.Struct, array_like=True):
    name: str
    help_text: str
    kind: str
    samples: list[tuple[str, dict[str, str], float]]


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(list[_Family])


def figures_of(registry: Collector) -> bytes:
    """All that it collects now."""
    return _encode(
        [
            _Family(
                metric.name,
                metric.documentation,
                metric.type,
                [(sample.name, sample.labels, float(sample.value)) for sample in metric.samples],
            )
            for metric in registry.collect()
        ]
    )


class AllFigures(Collector):
    """By worker; None of one that does not answer, which is told too. Raises msgspec.MsgspecError."""

    def __init__(self, figures: Mapping[int, bytes | None]) -> None:
        self._of = {
            worker: [] if told is None else _decoder.decode(told) for worker, told in sorted(figures.items())
        }
        self._silent = {worker for worker, told in figures.items() if told is None}

    def collect(self) -> Iterable[Metric]:
        found: dict[str, Metric] = {}
        for worker, families in self._of.items():
            for family in families:
                if (metric := found.get(family.name)) is None:
                    metric = found[family.name] = Metric(family.name, family.help_text, family.kind)
                metric.samples += [
                    Sample(name, labels | {LABEL: str(worker)}, value) for name, labels, value in family.samples
                ]
        yield from found.values()
        up = GaugeMetricFamily("chat_worker_up", "1 for a worker that answers the others.", labels=[LABEL])
        for worker in self._of:
            up.add_metric([str(worker)], worker not in self._silent)
        yield up
