"""Until when each who waits is to be answered, with one timer for all: one for each costs 5 µs a message."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

from messaging.store.database import ANSWER_DEADLINE_S

TIMERS_STEP_S = 0.001  # of the loop's timers, which may come as much early


class Entry(Protocol):
    """Who waits since some loop time."""

    @property
    def since(self) -> float: ...
    @property
    def future(self) -> "asyncio.Future[Any]": ...


T = TypeVar("T", bound=Entry)


class Deadlines(Generic[T]):
    """`expire` ends one of the `unanswered` after ANSWER_DEADLINE_S."""

    def __init__(self, unanswered: Callable[[], Iterable[T]], *, expire: Callable[[T], None]) -> None:
        self._unanswered, self._expire = unanswered, expire
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Somebody waits since now."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(ANSWER_DEADLINE_S, self._look)

    def _look(self) -> None:
        """The timer may have been meant for one that is answered: then it is set anew for who waits now."""
        self._timer = None
        loop = asyncio.get_running_loop()
        latest = loop.time() - ANSWER_DEADLINE_S + TIMERS_STEP_S
        unanswered = [one for one in self._unanswered() if not one.future.done()]
        for one in unanswered:
            if one.since <= latest:
                self._expire(one)
        if left := [one.since for one in unanswered if one.since > latest]:
            self._timer = loop.call_at(min(left) + ANSWER_DEADLINE_S, self._look)
