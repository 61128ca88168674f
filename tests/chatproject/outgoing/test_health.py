"""Whether nothing gets through, or single events are refused; and a receiver that asks to be left alone."""

from datetime import timedelta

import pytest

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.outcomes import Health
from chatproject.outgoing.schedule import FAILURES_MAX, SUSPECTS_MAX, moment
from tests.chatproject.outgoing.playing import AWAY, REFUSED, START, WAIT_STEP_S, Play, ids, row

BUSY = Answer(429, "status", "answered 429", wait_s=600.0)


def of_rooms(count: int) -> Play:
    return Play(*(row(number, room_id=number) for number in range(1, count + 1)))


@pytest.mark.parametrize("rooms", [1, 2, SUSPECTS_MAX])
def test_events_of_a_few_rooms_that_are_refused_hold_up_no_other_and_the_endpoint_does_not_fail(
    rooms: int,
) -> None:
    play = of_rooms(rooms)
    play.fail_next(10 * rooms)
    assert play.lines.pulse.health.failures > FAILURES_MAX

    assert not play.lines.pulse.is_failing
    play.offer(row(100, room_id=100), row(101, room_id=101))
    assert {100, 101} <= set(ids(play.take_all()))


def test_where_those_of_many_rooms_are_refused_nothing_gets_through() -> None:
    play = of_rooms(SUSPECTS_MAX + 1)
    play.fail_next(3 * (SUSPECTS_MAX + 1))

    assert play.lines.pulse.health.failing_since == moment(START)
    play.offer(row(100, room_id=100))
    assert play.take() is None


def test_where_nothing_can_be_reached_one_room_is_enough_to_know() -> None:
    play = Play(row(1))
    play.answer = AWAY
    play.fail_next(FAILURES_MAX - 1)
    assert not play.lines.pulse.is_failing
    play.fail_next()

    assert play.lines.pulse.health.failing_since == moment(START)
    play.offer(row(2, room_id=6))
    assert play.take() is None
    play.succeed(play.wait_for_next())
    assert not play.lines.pulse.is_failing


# --- who asks to be left alone


def test_who_asks_to_be_left_alone_is_and_then_one_goes_first() -> None:
    play = of_rooms(3)
    first = play.take_one()
    play.fail(first, BUSY)
    [outcome] = play.commit()
    assert outcome.due_at == moment(START + 600)
    assert play.lines.pulse.health.retry_at == moment(START + 600)
    assert not play.lines.pulse.is_failing

    play.now += 599
    assert play.take() is None
    sending = play.wait_for_next()
    assert play.now <= START + 600 + 2 * WAIT_STEP_S
    assert play.take() is None
    play.succeed(sending)
    assert len(play.take_all()) == 2
    assert play.lines.pulse.health.retry_at is None


def test_nobody_is_asked_sooner_than_without_it() -> None:
    play = Play(row(1, attempts=4))
    play.fail(play.take_one(), BUSY._replace(wait_s=1.0))

    [outcome] = play.commit()
    assert outcome.due_at == moment(START + 3_600)
    play.now += WAIT_STEP_S - 1
    assert play.take() is None


def test_what_was_under_way_when_it_was_asked_proves_nothing() -> None:
    play = of_rooms(3)
    one, two, three = play.take_all()
    play.now += 1
    play.fail(one, BUSY)
    play.fail(two, BUSY._replace(wait_s=5.0))
    play.succeed(three)

    play.offer(row(9, room_id=9))
    assert play.lines.pulse.health.retry_at == moment(START + 601)
    assert play.take() is None


def test_a_test_goes_all_the_same_and_ends_it_where_it_gets_through() -> None:
    play = of_rooms(2)
    play.fail(play.take_one(), BUSY)
    play.now += 1
    play.offer(row(98, room_id=None, kind="test"))
    play.fail(play.take_one(), REFUSED)
    assert play.take() is None

    play.now += 1
    play.offer(row(99, room_id=None, kind="test"))
    play.succeed(play.take_one())
    assert play.lines.pulse.health.retry_at is None
    assert play.take() is not None


def test_who_takes_over_waits_as_long() -> None:
    play = Play(
        row(1), row(2, room_id=6), health=Health(failures=1, retry_at=moment(START) + timedelta(minutes=9))
    )

    assert play.take() is None
    play.now += 540
    assert len(play.take_all()) == 1
