"""Who is at this process: with a socket, or until a moment ago with one. Pure; the clock is passed in.

Times are monotonic seconds, but for `seen_at`, which is shown to people: seconds since 1970.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from messaging.delivery.sessions import NEVER, Session

GRACE_S = 10.0  # who loses the network, or reloads a page, is back within less and never was away
GONE_MOST = 50_000  # members that left are remembered, the newest; about 10 MB


class Gone(NamedTuple):
    """When the last socket of a member ended, and when somebody last looked at one."""

    ended_at: float
    looked_at: float
    seen_at: float


class Here:
    """Members by what their sessions say; `sessions_of` is the hub's."""

    def __init__(self, sessions_of: Callable[[int], Collection[Session]]) -> None:
        self._sessions_of = sessions_of
        self._members: dict[int, None] = {}  # in the order of coming
        self._leaving: dict[int, Gone] = {}  # of those the ones without a socket, the first to go first
        self._gone: OrderedDict[int, Gone] = OrderedDict()  # the last to go last
        self._looked: dict[int, float] = {}  # at sockets that ended, of members who have others

    def __contains__(self, member_id: int) -> bool:
        return member_id in self._members

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[int]:
        return iter(self._members)

    def come(self, member_id: int) -> bool:
        """A socket of the member began. Returns whether they were not here."""
        if (back := self._leaving.pop(member_id, None)) is not None:
            self._looked[member_id] = back.looked_at
            return False
        is_new = member_id not in self._members
        self._members[member_id] = None
        return is_new

    def go(self, session: Session, *, now: float, seen_at: float) -> None:
        """The session's socket ended; the hub has forgotten it."""
        member_id = session.member_id
        looked_at = max(session.looked_until(now), self._looked.get(member_id, NEVER))
        if self._sessions_of(member_id):
            self._looked[member_id] = looked_at
        elif member_id in self._members and member_id not in self._leaving:
            self._looked.pop(member_id, None)
            self._leaving[member_id] = Gone(now, looked_at, seen_at)

    def see_off(self, now: float) -> list[int]:
        """Those whose grace is over: they are not here any more."""
        over = []
        for member_id, gone in self._leaving.items():
            if now - gone.ended_at < GRACE_S:
                break
            over.append(member_id)
        for member_id in over:
            self._gone[member_id] = self._leaving.pop(member_id)
            self._gone.move_to_end(member_id)
            del self._members[member_id]
        while len(self._gone) > GONE_MOST:
            self._gone.popitem(last=False)
        return over

    def forget(self, member_id: int) -> None:
        """As if they never had been here; who has a socket stays."""
        if not self._sessions_of(member_id):
            self._members.pop(member_id, None)
            self._leaving.pop(member_id, None)
            self._gone.pop(member_id, None)
            self._looked.pop(member_id, None)

    def looked_at(self, member_id: int, now: float) -> float:
        """When somebody last looked at a socket of theirs here: now, a moment before, or NEVER."""
        gone = self._leaving.get(member_id) or self._gone.get(member_id)
        times = [session.looked_until(now) for session in self._sessions_of(member_id)]
        return max(*times, self._looked.get(member_id, NEVER), gone.looked_at if gone else NEVER)

    def is_looked_at(self, member_id: int) -> bool:
        """Whether a client of theirs says that somebody looks at it."""
        return any(session.looks for session in self._sessions_of(member_id))

    def gone(self, member_id: int) -> Gone | None:
        """How a member left who was here."""
        return self._gone.get(member_id)
