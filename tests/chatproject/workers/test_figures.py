"""What several workers count, in one answer."""

from collections.abc import Iterable

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from chatproject.workers.figures import AllFigures, figures_of
from messaging.tallies import Counts, Tally


class Yes(Collector):
    """A gauge that is no number."""

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("chat_relay_up", "Up.", value=True)


def counted(said: int, waiting: int) -> bytes:
    registry = CollectorRegistry()
    Counter("chat_said", "Said.", ["kind"], registry=registry).labels("one").inc(said)
    registry.register(Yes())
    Gauge("chat_waiting", "Waiting.", registry=registry).set(waiting)
    frames = Counts("chat_frames", "Frames.", label="type", registry=registry)
    frames.of["chat"] = said
    seconds = Tally("chat_seconds", "Seconds.", buckets=(1.0, 2.0), registry=registry)
    for _ in range(said):
        seconds.observe(1.5)
    return figures_of(registry)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("chat_said_total", {"kind": "one"}),
        ("chat_frames_total", {"type": "chat"}),
        ("chat_seconds_count", {}),
        ("chat_seconds_bucket", {"le": "2.0"}),
        ("chat_waiting", {}),
    ],
)
def test_each_number_keeps_its_worker_so_that_a_sum_over_them_is_right(name: str, labels: dict[str, str]) -> None:
    text = generate_latest(AllFigures({1: counted(4, 4), 0: counted(3, 3)})).decode()
    found = {
        sample.labels["worker"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    }
    assert found == {"0": 3, "1": 4}


def test_each_family_is_told_once_and_who_is_silent_too() -> None:
    text = generate_latest(AllFigures({0: counted(1, 1), 1: None})).decode()
    assert text.count("# TYPE chat_said_total counter") == 1
    assert 'chat_relay_up{worker="0"} 1.0' in text
    assert 'chat_worker_up{worker="0"} 1.0' in text
    assert 'chat_worker_up{worker="1"} 0.0' in text
