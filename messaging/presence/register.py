"""This process in one Redis: who is here is written there about once a second, with whatever changed meanwhile.

Nothing waits for it. Where it is not known what Redis has (it was away, lost everything, gave this process up for
dead), the process takes a new number and writes all its members under it.
"""

from collections.abc import Callable, Collection, Iterable
from secrets import randbits
from typing import NamedTuple

from chatproject.limits.shards import Shard
from messaging.presence import script
from messaging.presence.here import GRACE_S, Here
from messaging.presence.script import Arrived, Left

NUMBER_BITS = 48  # Lua's numbers are exact up to 53


class _Batch(NamedTuple):
    """The members of whom a question tells."""

    here: list[int]
    left: list[int]


class Register:
    """A question of the Shard, asked again and again. `part` are the members here that this Redis keeps.

    `told` is called with those who came or went, here or at a process that died, when Redis has it or is away.
    """

    def __init__(
        self,
        key: str,
        shard: Shard,
        here: Here,
        *,
        part: Callable[[], Iterable[int]],
        told: Callable[[Collection[int]], None],
    ) -> None:
        self.key, self._shard, self._here = key, shard, here
        self._part, self._told = part, told
        self._number = self._former = 0
        self.is_unsure = True  # of what Redis has
        self._unwritten: dict[int, None] = {}
        self._writing: _Batch | None = None  # None too where it was given up
        self._written: set[int] = set()
        self._news: set[int] = set()
        self._forgotten: set[int] = set()
        self._ago_s = 0.0

    def note(self, member_id: int, *, is_news: bool) -> None:
        """The member looked, or with `is_news` came or went."""
        self._unwritten[member_id] = None
        if is_news:
            self._news.add(member_id)

    def forget(self, member_id: int) -> None:
        """Have Redis know nothing of the member, who is not here."""
        self._forgotten.add(member_id)
        self._unwritten[member_id] = None

    def write(self) -> None:
        """Beat, and write what changed."""
        self._shard.ask(self, urgent=True)

    def end(self) -> None:
        """Let the others take this process for dead once its members had the time to come back elsewhere."""
        self._ago_s = script.DEAD_AFTER_S - GRACE_S
        self.write()

    def numbers(self) -> tuple[int, int]:
        """Under which this process is, and was, in Redis; 0 is none."""
        return self._number, self._former

    # --- of the Shard

    def arguments(self, now: float) -> tuple[float, ...]:
        if self.is_unsure:
            self._begin_anew()
        batch = list(self._unwritten)[: script.MEMBERS_AT_ONCE]
        for member_id in batch:
            del self._unwritten[member_id]
        here = [self._arrived(member_id, now) for member_id in batch if member_id in self._here]
        left = [self._left(member_id, now) for member_id in batch if member_id not in self._here]
        self._writing = _Batch([one.member_id for one in here], [one.member_id for one in left])
        former = 0 if self._unwritten else self._former  # until all are written anew, its members count
        return script.beat(process=self._number, former=former, ago_s=self._ago_s, here=here, left=left)

    def hear(self, answer: list[int], now: float) -> None:
        if self._writing is None:
            return  # late: what was written then is written again
        (here, left), self._writing = self._writing, None
        self._written.update(here)
        self._written.difference_update(left)
        if not self._unwritten:
            self._former = 0
        count, put_away = script.beaten(answer)
        self.is_unsure = count != len(self._written)
        self._tell(self._news.intersection([*here, *left]), put_away)
        if self._unwritten or put_away:
            self.write()

    def hear_nothing(self) -> None:
        self.is_unsure = True
        if self._writing is not None:
            self._unwritten |= dict.fromkeys([*self._writing.here, *self._writing.left])
            self._writing = None
        self._tell(set(self._news), ())

    def _begin_anew(self) -> None:
        self._former, self._number = self._number, randbits(NUMBER_BITS) + 1
        self.is_unsure = False
        self._written.clear()
        self._unwritten |= dict.fromkeys(self._part())

    def _tell(self, news: set[int], put_away: Collection[int]) -> None:
        self._news -= news
        if news or put_away:
            self._told(news.union(put_away))

    def _arrived(self, member_id: int, now: float) -> Arrived:
        if self._here.is_looked_at(member_id):
            return Arrived(member_id, script.LOOKS)
        return Arrived(member_id, now - self._here.looked_at(member_id, now))

    def _left(self, member_id: int, now: float) -> Left:
        gone = self._here.gone(member_id)
        if gone is None and member_id in self._forgotten:
            self._forgotten.discard(member_id)
            return Left(member_id, script.NEVER_S, script.NEVER_S)
        if gone is None:  # so many left meanwhile
            return Left(member_id, 0.0, script.NEVER_S)
        return Left(member_id, now - gone.ended_at, now - gone.looked_at)
