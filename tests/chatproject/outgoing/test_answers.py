"""What an answer says of the event and of the endpoint, and how long its receiver asks to be left alone."""

import pytest

from chatproject.outgoing.answers import RETRY_AFTER_MAX_S, Answer, answer_of, read_retry_after

NOW = 1_796_000_000.0  # Mon, 30 Nov 2026 00:53:20 GMT


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 30 Nov 2026 00:55:20 GMT", 120),
        ("Monday, 30-Nov-26 00:55:20 GMT", 120),  # two formats that are out of use and to be read all the same
        ("Mon Nov 30 00:55:20 2026", 120),
        ("Mon, 30 Nov 2026 00:00:00 GMT", 0),
        ("99999999999", RETRY_AFTER_MAX_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_MAX_S),
        ("9" * 64, RETRY_AFTER_MAX_S),
    ],
)
def test_seconds_and_dates_are_read_up_to_six_hours(written: str, seconds: float) -> None:
    assert read_retry_after(written, NOW) == seconds


@pytest.mark.parametrize("written", ["", "soon", "-5", "1.5", "1e9", "\u0661\u0662", "Mon, 99 Nov 2026", "9" * 65])
def test_what_says_neither_counts_not(written: str) -> None:
    assert read_retry_after(written, NOW) is None


@pytest.mark.parametrize(("status", "wait_s"), [(429, 60), (503, 60), (500, None), (200, None), (301, None)])
def test_it_counts_where_the_receiver_is_overloaded_or_away(status: int, wait_s: float | None) -> None:
    assert answer_of(status, retry_after="60", now=NOW).wait_s == wait_s
    assert answer_of(status, retry_after=None, now=NOW).wait_s is None


def test_a_refusal_is_of_one_event_and_what_meets_every_event_is_told_apart() -> None:
    refused = [
        Answer(400),
        Answer(404),
        Answer(500),
        Answer(502),
        Answer(None, "timeout"),
        Answer(None, "dropped"),
    ]
    assert not any(each.speaks_of_all for each in refused)
    assert all(each.speaks_of_all for each in (Answer(429), Answer(503), Answer(None, "connect")))
