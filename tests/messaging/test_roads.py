"""What is remembered of sampled messages, and that it is not much."""

from typing import NamedTuple

import pytest
from prometheus_client import CollectorRegistry

from chatproject.tracing.starting import tracer_for
from chatproject.tracing.tracer import NOT_TRACED
from chatproject.tracing_settings import TracingSettings
from messaging import roads
from messaging.roads import Committed, Road, Roads
from tests.collector import running_collector


class Change(NamedTuple):
    version: int


def test_where_traces_are_off_no_road_is_entered() -> None:
    assert Roads(NOT_TRACED).enter() is None


def test_what_was_handed_to_the_last_socket_is_forgotten() -> None:
    here = Roads(NOT_TRACED)
    here.commit([Committed(Road("a", 1), 3, seq=5, version=7)], of=4, took_s=0.1)
    assert list(here.of(3, [Change(6), Change(7)])) == [7]
    here.deliver(3, [Change(6), Change(7)], sockets=2, inboxes=0)
    assert not here.under_way


def test_nobody_here_or_a_refusal_leaves_nothing_behind() -> None:
    here = Roads(NOT_TRACED)
    here.commit([Committed(Road("a", 1), 3, error="E-R002")], of=1, took_s=0.1)
    assert not here.under_way
    here.commit([Committed(Road("a", 1), 3, seq=5, version=7)], of=1, took_s=0.1)
    here.leave(3, here.of(3, [Change(7)]))
    assert not here.under_way


def test_of_what_never_arrives_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads, "UNDER_WAY_MAX", 2)
    here = Roads(NOT_TRACED)
    for version in (1, 2, 3):
        here.commit([Committed(Road("a", 1), 3, seq=version, version=version)], of=1, took_s=0.1)
    assert list(here.under_way) == [(3, 2), (3, 3)]


async def test_a_batch_of_several_sampled_messages_is_a_span_that_is_linked_to_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        tracer = tracer_for(TracingSettings(is_on=True), CollectorRegistry())
        here = Roads(tracer)
        entries = []
        for version in (1, 2):
            with tracer.around("frame chat"):
                road = here.enter()
                assert road is not None
                entries.append(Committed(road, 3, seq=version, version=version))
        here.commit(entries, of=5, took_s=0.1)
        await tracer.stop()

    frames = [span.span_id for span in collector.spans if span.name == "frame chat"]
    (batch,) = [span for span in collector.spans if span.name == "batch"]
    assert (batch.parent_id, batch.links) == (frames[0], tuple(frames))
    commits = [span for span in collector.spans if span.name == "commit"]
    assert [(span.parent_id, span.links) for span in commits] == [(frame, (batch.span_id,)) for frame in frames]
    assert {span.values["chat.batch.entries"] for span in commits} == {5}
