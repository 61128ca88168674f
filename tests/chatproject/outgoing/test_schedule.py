"""When a failed event comes again: soon at first, over a weekend at last."""

from itertools import pairwise

from chatproject.outgoing.schedule import (
    FAILURES_MAX,
    GIVE_UP_AFTER_S,
    PROBE_MOST_S,
    TRIES_MAX,
    probe_after_s,
    retry_after_s,
)


def test_an_event_is_tried_ten_times_over_about_75_hours() -> None:
    waits = [wait for tries in range(1, 20) if (wait := retry_after_s(tries, chance=0)) is not None]

    assert TRIES_MAX == 10
    assert len(waits) == 9
    assert waits[0] == 5
    assert 75 <= sum(waits) / 3600 <= 76
    assert sum(waits) == GIVE_UP_AFTER_S
    assert all(one <= other for one, other in pairwise(waits))


def test_chance_only_delays_and_only_a_little() -> None:
    assert retry_after_s(1, chance=1) == 5.5
    assert probe_after_s(FAILURES_MAX, chance=1) == 5.5


def test_an_endpoint_that_lets_nothing_through_is_looked_at_every_five_minutes_at_least() -> None:
    assert [probe_after_s(failures, chance=0) for failures in (3, 4, 5)] == [5, 10, 20]
    assert probe_after_s(1_000, chance=0) == PROBE_MOST_S == 300
