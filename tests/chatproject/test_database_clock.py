"""What the database's clock says, and how far the machine's is from it."""

import time

import pytest

from chatproject.database_clock import database_now, seconds_ahead

pytestmark = pytest.mark.django_db


def test_the_database_says_what_time_it_is() -> None:
    before = time.time()
    assert before - 1 <= database_now().timestamp() <= time.time() + 1


@pytest.mark.parametrize("wrong_s", [0.0, 40.0, -3_600.0])
def test_it_is_measured_how_far_a_clock_is_from_it(wrong_s: float) -> None:
    assert seconds_ahead(clock=lambda: time.time() + wrong_s) == pytest.approx(wrong_s, abs=1)


def test_an_answer_that_took_long_blames_no_clock() -> None:
    asked_and_answered = iter([time.time() - 60, time.time() + 60])
    assert seconds_ahead(clock=lambda: next(asked_and_answered)) == 0
