"""A model that fails again and again is left alone, tried by one call, and taken back when it answers."""

from contextlib import suppress

import pytest

from assistant.providers.breaker import Breaker, BreakerOpen
from assistant.providers.provider import CallFailed, passing_failure
from chatproject.errors import ModelFailed, ModelRefused
from tests.assistant.conftest import Clock

REST_S = 20.0
OUTAGE, REFUSAL = passing_failure("status-503"), CallFailed("blocked-SAFETY", ModelRefused())
UNDECIDED = CallFailed("deadline", ModelFailed(), is_outage=None)


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(outages=3, rest_s=REST_S, clock=clock)


def state(breaker: Breaker) -> str:
    return breaker.state  # in a function, so that the type checker does not take the last state for this one


def end_in(breaker: Breaker, *ends: BaseException | None) -> None:
    """Make calls that end so; None is an answer."""
    for end in ends:
        with suppress(CallFailed, GeneratorExit), breaker.call():
            if end is not None:
                raise end


def test_outages_in_a_row_open_it_and_nobody_calls(breaker: Breaker, clock: Clock) -> None:
    end_in(breaker, OUTAGE, OUTAGE)
    assert state(breaker) == "closed"
    end_in(breaker, OUTAGE)

    assert state(breaker) == "open"
    clock.now += 5.0
    with pytest.raises(BreakerOpen) as caught, breaker.call():
        pass
    assert caught.value.rest_s == REST_S - 5.0


@pytest.mark.parametrize("sign_of_life", [None, REFUSAL])
def test_whatever_shows_that_the_model_is_there_begins_the_count_anew(
    breaker: Breaker, sign_of_life: BaseException | None
) -> None:
    end_in(breaker, OUTAGE, OUTAGE, sign_of_life, OUTAGE, OUTAGE)

    assert state(breaker) == "closed"


@pytest.mark.parametrize("end", [GeneratorExit(), UNDECIDED])
def test_a_call_that_was_given_up_says_nothing(breaker: Breaker, end: BaseException) -> None:
    end_in(breaker, OUTAGE, OUTAGE, end, OUTAGE)

    assert state(breaker) == "open"


def test_after_the_rest_one_call_tries_and_heals_it(breaker: Breaker, clock: Clock) -> None:
    end_in(breaker, OUTAGE, OUTAGE, OUTAGE)
    clock.now += REST_S
    assert state(breaker) == "half-open"

    with breaker.call():
        with pytest.raises(BreakerOpen):  # one is enough
            breaker.check()
        assert state(breaker) == "half-open"

    assert state(breaker) == "closed"
    breaker.check()


def test_a_try_that_fails_opens_it_for_another_rest(breaker: Breaker, clock: Clock) -> None:
    end_in(breaker, OUTAGE, OUTAGE, OUTAGE)
    clock.now += REST_S
    end_in(breaker, OUTAGE)

    assert state(breaker) == "open"
    clock.now += REST_S
    end_in(breaker, None)
    assert state(breaker) == "closed"


@pytest.mark.parametrize("end", [GeneratorExit(), UNDECIDED])
def test_a_try_that_was_given_up_leaves_the_next_one_to_others(
    breaker: Breaker, clock: Clock, end: BaseException
) -> None:
    end_in(breaker, OUTAGE, OUTAGE, OUTAGE)
    clock.now += REST_S
    end_in(breaker, end)

    assert state(breaker) == "half-open"
    end_in(breaker, None)
    assert state(breaker) == "closed"


def test_an_answer_that_was_under_way_when_it_opened_closes_it(breaker: Breaker) -> None:
    with breaker.call():
        end_in(breaker, OUTAGE, OUTAGE, OUTAGE)
        assert state(breaker) == "open"

    assert state(breaker) == "closed"


def test_an_outage_that_was_under_way_when_it_opened_does_not_prolong_the_rest(
    breaker: Breaker, clock: Clock
) -> None:
    with suppress(CallFailed), breaker.call():
        end_in(breaker, OUTAGE, OUTAGE, OUTAGE)
        clock.now += REST_S - 1.0
        raise OUTAGE

    clock.now += 1.0
    assert state(breaker) == "half-open"
