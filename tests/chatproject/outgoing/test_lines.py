"""The order of events: of a room one after the other, rooms beside each other, whatever fails."""

from datetime import timedelta
from itertools import pairwise

import pytest

from chatproject.outgoing.lines import AHEAD_OF_A_ROOM, BODY_MAX_AGE_S, ROOM_MAX_ROWS
from chatproject.outgoing.outcomes import Health
from chatproject.outgoing.schedule import FAILURES_MAX, GIVE_UP_AFTER_S, TRIES_MAX, moment
from tests.chatproject.outgoing.playing import AWAY, LONG_AGO, START, WAIT_STEP_S, Play, ids, row

DAY_S = 86_400


def test_of_a_room_the_next_goes_when_the_one_before_has_passed() -> None:
    play = Play(row(1), row(2), row(3, room_id=6))

    first, other_room = play.take_all()
    assert ids([first, other_room]) == [1, 3]

    play.succeed(first)
    assert ids(play.take_all()) == [2]


def test_each_event_names_the_one_before_of_its_room() -> None:
    play = Play(row(11), row(12), row(13, room_id=6), last_ids={5: 7})

    told = {}
    while (sending := play.take()) is not None:
        told[sending.row.event_id] = sending.prev_id
        play.succeed(sending)

    assert told == {11: 7, 12: 11, 13: None}


def test_events_of_no_room_name_none() -> None:
    play = Play(row(1, room_id=None), row(2, room_id=None))

    play.succeed(play.take_one())
    assert play.take_one().prev_id is None


def test_a_row_is_taken_once_though_it_is_read_again_before_its_outcome_is_committed() -> None:
    play = Play(row(1))
    play.succeed(play.take_one())

    assert play.offer(row(1)) == 0
    play.commit()
    assert play.offer(row(1)) == 1  # to be sent once more: somebody wants it


def test_a_row_that_was_committed_late_goes_in_its_place() -> None:
    """Numbers of different rooms need not rise as they commit; those of a replay never do."""
    play = Play(row(4))
    under_way = play.take_one()
    play.offer(row(5), row(2), row(3))
    play.succeed(under_way)

    assert play.deliver_all() == [2, 3, 5]


def test_what_is_sent_once_more_names_what_it_named_then_and_sets_nothing_back() -> None:
    play = Play(row(3, prev_id=1), row(9), last_ids={5: 8})

    again = play.take_one()
    assert (again.row.event_id, again.prev_id) == (3, 1)
    play.succeed(again)
    assert play.take_one().prev_id == 8


# --- bodies


def test_a_busy_room_has_its_next_bodies_made_together() -> None:
    play = Play(*map(row, range(1, 100)))

    assert len(play.lines.to_compose(64, START)) == AHEAD_OF_A_ROOM


def test_a_body_that_got_old_is_made_again() -> None:
    """The text may have been deleted since."""
    play = Play(row(1), row(2))
    assert play.compose() == [1, 2]

    play.now += BODY_MAX_AGE_S + 0.1
    assert play.lines.take(play.now) is None
    assert play.compose() == [1, 2]
    assert play.lines.take(play.now) is not None


def test_what_nobody_could_look_at_is_asked_for_again() -> None:
    play = Play(row(1))
    rows = play.lines.to_compose(64, play.now)
    assert play.lines.to_compose(64, play.now) == []

    play.lines.composed(rows, {}, play.now)
    assert play.compose() == [1]


def test_what_cannot_be_made_holds_its_room_and_blames_no_endpoint() -> None:
    play = Play(row(1), row(2), row(3, room_id=6))
    rows = play.lines.to_compose(64, play.now)
    for each in rows[:2]:
        play.lines.fail_composing(each, play.now)
    play.lines.composed(rows, {3: b"{}"}, play.now)

    assert ids(play.take_all()) == [3]
    [outcome] = play.commit()
    assert (outcome.event_id, outcome.state, outcome.attempts) == (1, "waiting", 1)
    assert play.lines.pulse.health == Health()


def test_nobody_is_to_be_told_ends_without_request_and_names_nothing() -> None:
    play = Play(row(1), row(2), row(3))
    play.unsent = {1, 2}

    assert play.take() is None  # first it is committed: who takes over then tells the same
    assert [(each.event_id, each.state, each.status) for each in play.commit()] == [
        (1, "delivered", None),
        (2, "delivered", None),
    ]
    third = play.take_one()
    assert (third.row.event_id, third.prev_id) == (3, None)


# --- failures


def test_a_test_goes_before_all_that_waits_also_before_one_that_failed() -> None:
    play = Play(*(row(number, room_id=number) for number in range(1, 200)))
    play.compose()
    play.offer(row(300, room_id=None, kind="test"))
    first = play.take_one()
    assert first.row.event_id == 300
    play.fail(first)

    play.offer(row(301, room_id=None, kind="test"))
    assert play.take_one().row.event_id == 301


def test_events_of_no_room_that_fail_hold_up_nothing_and_are_not_left_out_of_what_is_read() -> None:
    play = Play(row(1, room_id=None, kind="concern"), row(2, room_id=None, kind="concern"))
    play.fail(play.take_one())

    assert play.take_one().row.event_id == 2
    assert play.lines.to_read(10) == ([], 12)


def test_an_event_that_fails_holds_its_room_only() -> None:
    play = Play(row(1), row(2), row(3, room_id=6), row(4, room_id=6))
    play.fail(play.take_one())

    assert play.deliver_all() == [3, 4]
    assert play.lines.to_read(10)[0] == [5]
    play.now += 5
    assert play.deliver_all() == [1]
    play.offer(row(2))
    assert play.deliver_all() == [2]


def test_a_room_that_waits_keeps_its_head_only_and_the_others_are_read_as_if_it_were_not_there() -> None:
    play = Play(row(1), row(2), row(3), row(4, room_id=6))
    play.fail(play.take_one())
    play.commit()

    assert play.lines.known == 2
    assert play.lines.to_read(10) == ([5], 11)
    play.now += 5
    assert play.take_one().row.event_id == 1
    assert play.offer(row(2), row(3)) == 2


def test_what_was_read_of_a_room_while_its_head_failed_takes_nobodys_space() -> None:
    """Once what is known is the most there may be, nothing is read until a room goes on."""
    play = Play(row(1))
    under_way = play.take_one()
    assert play.lines.to_read(10) == ([], 11)
    play.fail(under_way)

    assert play.offer(row(2), row(3), row(4, room_id=6)) == 1
    assert play.lines.known == 2


def test_after_its_tenth_try_it_is_given_up_and_its_room_goes_on_behind_it() -> None:
    play = Play(row(1), row(2))
    for number in range(TRIES_MAX):
        play.fail(play.wait_for_next())
        play.offer(row(100 + number, room_id=6))
        play.succeed(play.take_one())
        tried, _other = play.commit()

    assert (tried.event_id, tried.state, tried.attempts) == (1, "dead", TRIES_MAX)
    assert play.now - START == pytest.approx(GIVE_UP_AFTER_S, abs=TRIES_MAX * WAIT_STEP_S)
    play.offer(row(2), last_ids={5: 1})
    assert play.take_one().prev_id == 1  # the receiver sees the gap


def test_what_was_given_up_is_committed_before_its_room_goes_on() -> None:
    play = Play(row(1, attempts=TRIES_MAX - 1), row(2))
    play.fail(play.take_one())

    assert play.take() is None
    play.commit()
    assert play.take_one().row.event_id == 2


def test_a_row_that_waits_for_its_time_is_not_tried_by_who_takes_over_either() -> None:
    play = Play(row(1, attempts=3, due_at=moment(START + 60)))

    assert play.take() is None
    play.now += 61
    assert play.take_one().row.attempts == 3


# --- an endpoint that lets nothing through


def failing(*, rooms: int = 10) -> Play:
    """Nothing gets through, as several rooms know."""
    play = Play(*(row(number, room_id=number) for number in range(1, rooms + 1)))
    play.answer = AWAY
    for sending in play.take_all():
        play.fail(sending)
    while not play.lines.pulse.is_narrow:
        play.fail_next()
    play.commit()
    return play


def test_requests_that_fail_together_are_one_failure() -> None:
    play = Play(*(row(number, room_id=number) for number in range(1, 33)))
    for sending in play.take_all():
        play.fail(sending)

    assert play.lines.pulse.health.failures == 1


def test_an_endpoint_that_fails_is_tried_by_one_event_at_a_time_and_ever_more_seldom() -> None:
    play = failing()
    begins = []
    for _ in range(10):
        sending = play.wait_for_next()
        assert play.take() is None
        begins.append(play.now)
        play.fail(sending)

    waits = [other - one for one, other in pairwise(begins)]
    assert waits[:4] == sorted(waits[:4])
    assert max(waits) == pytest.approx(300, abs=WAIT_STEP_S)


def test_its_rooms_take_turns_so_that_none_waits_behind_an_event_that_is_to_blame() -> None:
    play = failing(rooms=3)
    tried = []
    for _ in range(6):
        sending = play.wait_for_next()
        tried.append(sending.room_id)
        play.fail(sending)

    assert sorted(tried[:3]) == sorted(tried[3:]) == [1, 2, 3]


def test_tries_for_the_endpoints_sake_do_not_use_up_an_events_own() -> None:
    play = failing(rooms=2)
    for _ in range(20):
        play.fail_next()

    attempts = [each.attempts for each in play.commit()]
    assert max(attempts) < TRIES_MAX - 3


def test_a_test_goes_at_once_also_where_nothing_gets_through_and_once_for_each_time_it_is_asked_for() -> None:
    play = failing()
    first, second = row(98, room_id=None, kind="test"), row(99, room_id=None, kind="test")
    play.now += 1
    play.offer(first)
    sending = play.take_one()
    assert sending.row == first
    play.fail(sending)
    play.commit()
    assert play.take() is None

    play.now += 1
    play.offer(second)
    sending = play.take_one()
    assert sending.row == second
    play.fail(sending)
    play.offer(second)  # as whoever looks for events reads it again
    assert play.take() is None


def test_the_first_success_sets_all_free_at_once() -> None:
    play = failing()
    play.succeed(play.wait_for_next())

    assert len(play.take_all()) == 9
    assert play.lines.pulse.health.failures == 0
    assert play.lines.pulse.health.failing_since is None


def test_and_those_that_wait_longer_than_one_that_ended_without_a_request() -> None:
    rows = [row(number, room_id=number, due_at=moment(START + 60 * number)) for number in (1, 2, 3)]
    play = Play(*rows, health=Health(failures=7, failing_since=moment(START)))
    play.unsent = {1}
    second = play.take_one()
    play.commit()
    play.succeed(second)

    assert ids(play.take_all()) == [3]


def test_what_fails_again_then_waits_for_its_own_time() -> None:
    play = failing()
    play.succeed(play.wait_for_next())
    early = [each for each in play.take_all() if each.row.due_at and each.row.due_at > moment(play.now)]
    before = early[0].row
    play.fail(early[0])

    [outcome] = [each for each in play.commit() if each.event_id == before.event_id]
    assert (outcome.attempts, outcome.due_at) == (before.attempts, before.due_at)


def test_the_only_room_is_looked_at_every_five_minutes_at_least() -> None:
    play = Play(row(1))
    play.fail_next(FAILURES_MAX + 8)
    began = play.now
    play.fail_next()

    assert play.now - began <= 300 + WAIT_STEP_S


def test_who_takes_over_goes_on_as_carefully() -> None:
    health = Health(failures=7, failing_since=LONG_AGO, retry_at=moment(START + 80))
    play = Play(row(1), row(2, room_id=6), health=health)

    assert play.take() is None
    play.now += 81
    assert len(play.take_all()) == 1


def test_where_nothing_got_through_for_75_hours_what_is_as_old_is_given_up() -> None:
    since = moment(START - GIVE_UP_AFTER_S - 1)
    health = Health(failures=50, failing_since=since, retry_at=moment(START + 80))
    old, young = since - timedelta(days=1), moment(START - DAY_S)
    play = Play(row(1, created_at=old), row(2, created_at=young), row(3, room_id=6, created_at=old), health=health)

    play.lines.give_up(play.now)

    assert [(each.event_id, each.state) for each in play.commit()] == [(1, "dead"), (3, "dead")]
    sending = play.wait_for_next()
    assert (sending.row.event_id, sending.prev_id) == (2, 1)


def test_what_waits_long_for_another_reason_is_not_given_up() -> None:
    play = Play(row(1, created_at=moment(START - 10 * DAY_S)))
    play.lines.give_up(play.now)

    assert play.lines.outcomes == []
    assert play.take_one().row.event_id == 1


def test_a_room_with_much_to_tell_leaves_space_for_others() -> None:
    play = Play(*map(row, range(1, ROOM_MAX_ROWS + 1)), row(100, room_id=6))

    assert play.lines.to_read(10)[0] == [5]
