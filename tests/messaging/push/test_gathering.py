"""What is said at once is told at once, and not message by message."""

from typing import Any

import pytest

from messaging.push import gathering
from messaging.push.gathering import AGAIN_S, FIRST_S, LATER_S, MESSAGES_MOST, Gathering, Job
from messaging.wire.protocol import MessageObject

GARDEN, KITCHEN = 1, 2


def message(seq: int, room_id: int = GARDEN, **fields: Any) -> MessageObject:
    usual: dict[str, Any] = {"version": seq, "kind": "member", "sender_id": 3, "nick_name": "Bob", "message": "hi"}
    absent = dict.fromkeys(("client_id", "reply_to", "edited_at", "deleted_at"))
    return MessageObject(room_id=room_id, seq=seq, created_at="", **absent, **usual | fields)  # type: ignore[arg-type]


def test_a_room_is_looked_at_a_moment_after_and_then_after_a_while() -> None:
    waiting = Gathering()
    assert waiting.add(message(1), 100.0)
    assert waiting.add(message(2), 100.5)
    assert waiting.take(100.0 + FIRST_S - 0.1, most=9) == []
    assert waiting.take(100.0 + FIRST_S, most=9) == [Job(GARDEN, (1, 2))]
    waiting.add(message(3), 102.0)
    waiting.add(message(7, KITCHEN), 102.0)
    assert waiting.take(102.0 + FIRST_S, most=9) == [Job(KITCHEN, (7,))]
    assert waiting.take(100.0 + FIRST_S + AGAIN_S, most=9) == [Job(GARDEN, (3,))]
    assert not waiting
    assert waiting.take(1_000.0, most=9) == []
    assert not waiting._looked


def test_of_many_messages_the_newest_count_and_those_that_call_somebody() -> None:
    waiting = Gathering()
    waiting.add(message(1, mentions=(7,)), 0.0)
    waiting.add(message(2, everyone=True), 0.0)
    for seq in range(3, 103):
        waiting.add(message(seq), 0.0)
    [job] = waiting.take(FIRST_S, most=9)
    assert job.seqs == (1, 2, *range(103 - MESSAGES_MOST, 103))


def test_who_looked_on_is_asked_for_once_more() -> None:
    waiting, job = Gathering(), Job(GARDEN, (1,))
    assert waiting.add_later(job, {7, 3}, 0.0)
    assert waiting.take(LATER_S - 0.1, most=9) == []
    assert waiting.take(LATER_S, most=9) == [Job(GARDEN, (1,), frozenset((3, 7)))]


def test_no_more_is_taken_than_asked_for_and_no_more_waits_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "ROOMS_MOST", 3)
    monkeypatch.setattr(gathering, "LATER_MOST", 1)
    waiting = Gathering()
    assert [waiting.add(message(1, room_id), 0.0) for room_id in (1, 2, 3, 4, 1)] == [
        True,
        True,
        True,
        False,
        True,
    ]
    assert [waiting.add_later(Job(room_id, (1,)), {7}, 0.0) for room_id in (1, 2)] == [True, False]
    assert [len(waiting.take(LATER_S, most=2)) for _turn in range(3)] == [2, 2, 0]
