"""Questions about members, answered by hand."""

import asyncio

import pytest

from chatproject.limits.shards import Question, Shard
from messaging.presence import script
from messaging.presence.asking import Asking
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import soon

NOW = 0.0
ONLINE, AWAY = (1, 0, 0), (0, -1, 0)


class Collecting(Shard):
    """Keeps what it is asked instead of asking a Redis."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere")
        self.asked: list[Question] = []

    def ask(self, question: Question, *, urgent: bool) -> None:
        assert urgent
        self.asked.append(question)


@pytest.fixture
def asking() -> Asking:
    return Asking("chat:test", Collecting(), numbers=lambda: (1, 2))


async def test_each_member_is_asked_for_once_and_told_to_everybody(asking: Asking) -> None:
    first = asyncio.create_task(asking.ask([ALICE, BOB]))
    second = asyncio.create_task(asking.ask([BOB, CHARLIE]))
    await asyncio.sleep(0)

    assert asking.arguments(NOW) == (1, 1, 2, 3, BOB, ALICE, CHARLIE)
    asking.hear([1, *AWAY, *ONLINE, *ONLINE], NOW)
    one, other = await soon(first), await soon(second)
    assert one is not None
    assert other is not None
    assert {member_id: entry.is_online for member_id, entry in one.entries.items()} == {ALICE: True, BOB: False}
    assert {member_id: entry.is_online for member_id, entry in other.entries.items()} == {
        BOB: False,
        CHARLIE: True,
    }
    assert one.is_settled


async def test_more_than_one_question_takes_is_asked_in_parts(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "MEMBERS_AT_ONCE", 1)
    task = asyncio.create_task(asking.ask([ALICE, BOB]))
    await asyncio.sleep(0)
    for is_settled in (0, 1):
        asking.arguments(NOW)
        asking.hear([is_settled, *ONLINE], NOW)

    answer = await soon(task)
    assert answer is not None
    assert answer.entries.keys() == {ALICE, BOB}
    assert not answer.is_settled


async def test_without_an_answer_nobody_is_left_waiting(asking: Asking) -> None:
    asked = asyncio.create_task(asking.ask([ALICE]))
    await asyncio.sleep(0)
    asking.arguments(NOW)
    waiting = asyncio.create_task(asking.ask([BOB]))
    await asyncio.sleep(0)
    asking.hear_nothing()

    assert await soon(asked) is None
    assert await soon(waiting) is None
    asking.hear([1, *ONLINE], NOW)  # late
    assert asking.arguments(NOW) == (1, 1, 2, 0)


async def test_of_nobody_nothing_is_asked(asking: Asking) -> None:
    answer = await soon(asking.ask([]))
    assert answer is not None
    assert answer.entries == {}
