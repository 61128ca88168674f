"""What outsiders could have logged a thousand times a second."""

import time

import pytest

from chatproject.seldom import EVERY_S, REASONS_MAX, Seldom


def test_each_reason_is_told_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    lines = Seldom()

    assert [lines.may_say("one"), lines.may_say("one"), lines.may_say("two")] == [True, False, True]
    now_s += EVERY_S
    assert lines.may_say("one")


def test_however_many_reasons_there_are_memory_is_bounded() -> None:
    lines = Seldom()

    assert all(lines.may_say(str(number)) for number in range(3 * REASONS_MAX))
    assert len(vars(lines)["_said_at"]) <= REASONS_MAX
