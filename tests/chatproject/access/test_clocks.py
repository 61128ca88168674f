"""What the operator reads about a machine whose clock is wrong: once, with how much."""

import logging

import pytest

from chatproject.access.clocks import NOTED_FROM_S, Clocks


def said(caplog: pytest.LogCaptureFixture, *measured_s: float) -> list[str]:
    clocks = Clocks()
    with caplog.at_level(logging.INFO):
        for ahead_s in measured_s:
            clocks.compare(ahead_s=ahead_s)
    return caplog.messages


def test_a_clock_that_is_nearly_right_is_nobodys_business(caplog: pytest.LogCaptureFixture) -> None:
    assert said(caplog, 0.0, NOTED_FROM_S - 0.1, 0.1 - NOTED_FROM_S) == []


def test_a_wrong_one_is_said_once_with_the_difference_and_when_it_is_right_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert said(caplog, 31.25, 31.5, 0.1, -40.0) == [
        "this machine's clock is 31.2 s ahead of the database's: with 30 s and more no tickets are taken",
        "this machine's clock agrees with the database's again",
        "this machine's clock is 40.0 s behind the database's: with 30 s and more no tickets are taken",
    ]
