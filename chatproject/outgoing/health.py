"""Whether an endpoint lets anything through, and when to look whether it does again. Pure.

It *fails* where so many tries in a row are in vain, and no event can be to blame: there is no connection, or the
receiver says that it is overloaded or away, or events of many rooms are refused. Then one request goes at a time,
at growing distances, until one gets through; so too where it asks to be left alone for a while. Where events of a
few rooms are refused the other rooms go on.
"""

from collections.abc import Callable
from datetime import datetime

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.outcomes import Health
from chatproject.outgoing.schedule import (
    FAILURES_MAX,
    GIVE_UP_AFTER_S,
    SUSPECTS_MAX,
    moment,
    probe_after_s,
)


class Pulse:
    """Of one endpoint. All times are seconds of the epoch; `chance` gives numbers from 0 to 1."""

    def __init__(self, health: Health, *, chance: Callable[[], float]) -> None:
        self._health, self._chance = health, chance
        self._failures_since = health.failing_since  # the first of those in a row
        self._counted_at = 0.0
        self._suspects: set[int] = set()  # the rooms that failed since the last success
        self._asked_at = 0.0  # when the receiver asked to be left alone
        self._asked_until = self._probe_at = health.retry_at.timestamp() if health.retry_at else 0.0

    @property
    def health(self) -> Health:
        return self._health

    @property
    def is_failing(self) -> bool:
        return self._health.failing_since is not None

    @property
    def is_narrow(self) -> bool:
        """Whether requests go out one at a time, and none before `probe_at`."""
        return self.is_failing or self._health.retry_at is not None

    @property
    def probe_at(self) -> float:
        return max(self._probe_at, self._asked_until)

    def is_looked_at(self, room_id: int) -> bool:
        """Whether an event of that room is tried as often as if nothing got through. Maybe nothing does."""
        return self._health.failures >= FAILURES_MAX and room_id in self._suspects

    def gave_up_before(self, now: float) -> float | None:
        """Whatever happened before that moment has had its time; None while it still has a chance."""
        since = self._health.failing_since
        if since is None or now - since.timestamp() < GIVE_UP_AFTER_S:
            return None
        return now - GIVE_UP_AFTER_S

    def note_success(self, *, began_at: float, now: float) -> bool:
        """Returns whether what was held back may go. What began before the receiver asked to wait says nothing."""
        held_back = self.is_narrow or self._health.failures >= FAILURES_MAX
        is_asked = self._asked_until > 0 and began_at <= self._asked_at
        if not is_asked:
            self._asked_until = 0.0
        self._suspects.clear()
        self._failures_since = None
        self._health = Health(
            retry_at=moment(self._asked_until) if is_asked else None,
            last_success_at=moment(now),
            last_failure_at=self._health.last_failure_at,
            last_error=self._health.last_error,
        )
        return held_back and not self.is_narrow

    def note_failure(self, room_id: int, answer: Answer, *, began_at: float, now: float) -> None:
        """Of a request that began at `began_at`. Of those that fail together only one counts."""
        self._suspects.add(room_id)
        failures = self._health.failures
        if began_at > self._counted_at:
            self._counted_at, failures = now, failures + 1
            self._probe_at = now + probe_after_s(failures, self._chance())
        if answer.wait_s is not None:
            is_newer = began_at > self._asked_at  # else both were under way at one time: the longer counts
            until = now + answer.wait_s
            self._asked_at, self._asked_until = now, until if is_newer else max(self._asked_until, until)
        self._failures_since = self._failures_since or moment(now)
        failing_since = self._health.failing_since or self._found_failing(failures, answer)
        is_narrow = failing_since is not None or answer.wait_s is not None or self._health.retry_at is not None
        self._health = self._health._replace(
            failures=failures,
            failing_since=failing_since,
            retry_at=moment(self.probe_at) if is_narrow else None,
            last_failure_at=moment(now),
            last_error=answer.error,
        )

    def _found_failing(self, failures: int, answer: Answer) -> datetime | None:
        """Since when, where it fails by now."""
        is_of_all = answer.speaks_of_all or len(self._suspects) > SUSPECTS_MAX
        return self._failures_since if failures >= FAILURES_MAX and is_of_all else None
