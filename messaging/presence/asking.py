"""What one Redis knows of members at other processes.

What is asked while it answers is the next question, with each member in it once.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from chatproject.limits.shards import Shard
from messaging.presence import script
from messaging.presence.script import Entry


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody who asked, and what was answered so far."""

    wanted: int
    answered: "asyncio.Future[Answer | None]"
    entries: dict[int, Entry] = field(default_factory=dict)
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_settled`: every process has told this Redis of its members; else who seems away may not be."""

    entries: dict[int, Entry]
    is_settled: bool


class Asking:
    """A question of the Shard. What this process told it itself, under its `numbers`, is no answer."""

    def __init__(self, key: str, shard: Shard, *, numbers: Callable[[], tuple[int, int]]) -> None:
        self.key, self._shard, self._numbers = key, shard, numbers
        self._wanted: dict[int, list[_Waiting]] = {}
        self._asked: dict[int, list[_Waiting]] = {}

    async def ask(self, member_ids: Collection[int]) -> Answer | None:
        """None where Redis does not answer at once."""
        if not member_ids:
            return Answer({}, is_settled=True)
        ids = sorted(set(member_ids))
        waiting = _Waiting(len(ids), asyncio.get_running_loop().create_future())
        for member_id in ids:
            self._wanted.setdefault(member_id, []).append(waiting)
        self._shard.ask(self, urgent=True)
        return await waiting.answered

    # --- of the Shard

    def arguments(self, now: float) -> tuple[float, ...]:
        member_ids = list(self._wanted)[: script.MEMBERS_AT_ONCE]
        self._asked = {member_id: self._wanted.pop(member_id) for member_id in member_ids}
        return script.ask(member_ids, numbers=self._numbers())

    def hear(self, answer: list[int], now: float) -> None:
        asked, self._asked = self._asked, {}
        if asked:  # else nobody waits any more
            is_settled, entries = script.told(list(asked), answer)
            for member_id, entry in entries.items():
                for waiting in asked[member_id]:
                    _give(waiting, member_id, entry, is_settled=is_settled)
        if self._wanted:
            self._shard.ask(self, urgent=True)

    def hear_nothing(self) -> None:
        given_up = [*self._asked.values(), *self._wanted.values()]
        self._asked, self._wanted = {}, {}
        for several in given_up:
            for waiting in several:
                if not waiting.answered.done():
                    waiting.answered.set_result(None)


def _give(waiting: _Waiting, member_id: int, entry: Entry, *, is_settled: bool) -> None:
    waiting.entries[member_id] = entry
    waiting.is_settled = waiting.is_settled and is_settled
    if len(waiting.entries) == waiting.wanted and not waiting.answered.done():
        waiting.answered.set_result(Answer(waiting.entries, waiting.is_settled))
