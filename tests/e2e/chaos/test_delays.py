"""What the journals say about time."""

import pytest

from tests.e2e.chaos.delays import (
    acknowledged_between,
    answer_delays,
    delivery_delays,
    in_words,
    percentile,
    seconds_to_catch_up,
)
from tests.e2e.chaos.journal import Acknowledged, Answered, Heard, Journal, Message
from tests.factories import ALICE, BOB

ROOM = 5
HERE, THERE = "http://127.0.0.1:1", "http://127.0.0.1:2"


def journals(*, heard_at: float, server: str = HERE, recovered: bool = False) -> list[Journal]:
    """Alice's message is acknowledged at 10.0, and again at 12.0; Bob hears it, and its edit much later."""
    alice, bob = Journal("Alice", ALICE), Journal("Bob", BOB)
    message = Message(ROOM, 1, 1, ALICE, "c1", "hello")
    alice.acknowledged = [Acknowledged(at, ROOM, "c1", 1, 1, HERE) for at in (10.0, 12.0)]
    alice.answered = [Answered(9.5, 10.0, ""), Answered(3.0, 7.0, "E-S002")]
    edited = message._replace(version=2, text="hello!", is_edited=True)
    for at, one in ((heard_at, message), (heard_at + 50.0, edited)):
        bob.heard[ROOM].append(Heard(at, one, recovered, server))
    return [alice, bob]


def test_a_delivery_takes_from_the_first_acknowledgement_to_the_listener() -> None:
    assert delivery_delays(journals(heard_at=10.25), said_between=(9.0, 11.0)) == [0.25]
    assert delivery_delays(journals(heard_at=10.25), said_between=(11.0, 13.0)) == []


def test_a_replay_and_another_server_are_no_delivery_on_the_spot() -> None:
    for one in (journals(heard_at=10.25, recovered=True), journals(heard_at=10.25, server=THERE)):
        assert delivery_delays(one, said_between=(9.0, 11.0)) == []


@pytest.mark.parametrize(("after", "seconds"), [(11.0, 2.5), (14.0, 0.0), (9.0, 0.0)])
def test_catching_up_takes_as_long_as_the_last_listener_of_what_was_acknowledged_before(
    after: float, seconds: float
) -> None:
    assert seconds_to_catch_up(journals(heard_at=13.5), after=after) == seconds


def test_answers_count_by_when_their_frame_was_sent() -> None:
    assert answer_delays(journals(heard_at=11.0), sent_between=(0.0, 20.0)) == [0.5, 4.0]
    assert answer_delays(journals(heard_at=11.0), sent_between=(0.0, 5.0)) == [4.0]


def test_acknowledgements_count_by_when_they_came() -> None:
    assert acknowledged_between(journals(heard_at=11.0), 9.0, 11.0) == 1


def test_a_percentile_is_one_of_the_values() -> None:
    values = [n / 1000 for n in range(1, 101)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [0.001, 0.051, 0.1, 0.1]
    assert percentile([], 0.5) == 0.0
    assert in_words(values) == "p50 51 ms, p99 100 ms, worst 100 ms of 100"
