"""A circuit breaker: a model that fails again and again is left alone for a while. No I/O.

closed: calls go through, and outages in a row are counted. open: nobody calls, so that nobody waits in vain and
the model can recover. half-open: the rest is over, and one call at a time tries whether the model is back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from assistant.providers.provider import CallFailed

SHORTEST_REST_S = 1.0  # while another call tries
State = Literal["closed", "half-open", "open"]


class BreakerOpen(Exception):
    """Not now. `rest_s` are the seconds after which it is worth asking again."""

    def __init__(self, rest_s: float) -> None:
        self.rest_s = rest_s
        super().__init__()


class Breaker:
    """Of one model. `clock` gives seconds that only ever rise."""

    def __init__(self, *, outages: int, rest_s: float, clock: Callable[[], float]) -> None:
        self._outages, self._rest_s, self._clock = outages, rest_s, clock
        self._in_a_row = 0
        self._open_until: float | None = None
        self._is_tried = False

    @property
    def state(self) -> State:
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half-open"

    def check(self) -> None:
        """Raise BreakerOpen where a call would not be let through."""
        if self._open_until is not None and (self.state == "open" or self._is_tried):
            raise BreakerOpen(max(self._open_until - self._clock(), SHORTEST_REST_S))

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one call: its end tells how the model is. Raises BreakerOpen.

        Any answer but an outage shows that the model is there, a refusal too. A cancelled call shows nothing.
        """
        self.check()
        is_trial = self._is_tried = self._open_until is not None
        try:
            yield
        except CallFailed as failure:
            if failure.is_outage is not None:
                self._note(is_outage=failure.is_outage, is_trial=is_trial)
            raise
        else:
            self._note(is_outage=False, is_trial=is_trial)
        finally:
            if is_trial:
                self._is_tried = False

    def _note(self, *, is_outage: bool, is_trial: bool) -> None:
        if not is_outage:
            self._in_a_row, self._open_until = 0, None
            return
        self._in_a_row += 1
        if is_trial or (self._in_a_row >= self._outages and self._open_until is None):
            self._open_until = self._clock() + self._rest_s
