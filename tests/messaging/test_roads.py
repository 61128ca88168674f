"""What is remembered of sampled messages, and that it is not much."""

from typing import NamedTuple

import pytest

from chatproject.tracing.tracer import NOT_TRACED
from messaging import roads
from messaging.roads import Committed, Road, Roads


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
