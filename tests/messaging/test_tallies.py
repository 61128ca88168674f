"""Plain numbers that Prometheus reads as its own."""

import re

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from messaging.tallies import Counts, Tally

SECONDS = (0.001, 0.5, 1.0, 10.0)


def shown(registry: CollectorRegistry) -> list[str]:
    """All but when it was created, which the library's own say too."""
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if not re.search(r"_created\b", line)]


@pytest.mark.parametrize("values", [(), (0.0, 0.001, 0.0011, 0.5), (1.0, 9.5, 10.0, 10.5, 1e9)])
def test_a_tally_is_shown_as_the_librarys_histogram(values: tuple[float, ...]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally("chat_waits", "How long.", buckets=SECONDS, registry=ours)
    histogram = Histogram("chat_waits", "How long.", buckets=SECONDS, registry=theirs)
    for value in values:
        tally.observe(value)
        histogram.observe(value)
    assert shown(ours) == shown(theirs)


def test_counts_are_shown_as_the_librarys_counter() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    counts = Counts("chat_frames", "Frames.", label="kind", registry=ours, known=("change", "answer"))
    counter = Counter("chat_frames", "Frames.", ["kind"], registry=theirs)
    counts.of["change"] += 3
    counts.of["chat"] = 2
    for kind, count in (("change", 3), ("answer", 0), ("chat", 2)):
        counter.labels(kind).inc(count)
    assert shown(ours) == shown(theirs)
