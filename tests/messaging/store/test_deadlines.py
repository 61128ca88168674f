"""One timer for all who wait."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from messaging.store.deadlines import Deadlines
from tests.messaging.people import eventually

DEADLINE_S = 0.05


@dataclass
class Waits:
    since: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    future: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


async def test_each_is_ended_in_its_time_and_who_was_answered_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.deadlines.ANSWER_DEADLINE_S", DEADLINE_S)
    loop, unanswered, ended = asyncio.get_running_loop(), list[Waits](), list[tuple[Waits, float]]()

    def end(one: Waits) -> None:
        one.future.set_result("late")
        ended.append((one, loop.time() - one.since))

    deadlines = Deadlines(lambda: unanswered, expire=end)

    def wait() -> Waits:
        unanswered.append(Waits())
        deadlines.watch()
        return unanswered[-1]

    answered, first = wait(), wait()
    answered.future.set_result("in time")
    await asyncio.sleep(DEADLINE_S / 2)  # what is ended at different times has to come at different times
    second = wait()
    await eventually(lambda: len(ended) == 2)
    assert [one for one, _waited_s in ended] == [first, second]
    assert all(DEADLINE_S - 0.002 < waited_s < 10 * DEADLINE_S for _one, waited_s in ended)
    unanswered.clear()
    third = wait()
    await eventually(lambda: third.future.done())
