"""Whether an endpoint lets anything through, and when to look whether it does again. Pure.

So many failures in a row without a success and it *fails*: one request at a time, at growing distances, until one
gets through. Where all failures are of one room, its event may be to blame: the other rooms go on.
"""

from collections.abc import Callable

from chatproject.outgoing.outcomes import Health
from chatproject.outgoing.schedule import FAILURES_MAX, GIVE_UP_AFTER_S, moment, probe_after_s


class Pulse:
    """Of one endpoint. All times are seconds of the epoch; `chance` gives numbers from 0 to 1."""

    def __init__(self, health: Health, *, chance: Callable[[], float]) -> None:
        self._health, self._chance = health, chance
        self._counted_at = 0.0
        self._suspects: set[int] = set()  # the rooms that failed since the last success
        self.probe_at = health.retry_at.timestamp() if health.retry_at else 0.0

    @property
    def health(self) -> Health:
        return self._health

    @property
    def is_failing(self) -> bool:
        return self._health.failures >= FAILURES_MAX

    @property
    def is_narrow(self) -> bool:
        """Whether requests go out one at a time, and none before `probe_at`."""
        return self.is_failing and len(self._suspects) != 1

    def is_suspect(self, room_id: int) -> bool:
        return room_id in self._suspects

    def gave_up_before(self, now: float) -> float | None:
        """Whatever happened before that moment has had its time; None while it still has a chance."""
        since = self._health.failing_since
        if since is None or not self.is_failing or now - since.timestamp() < GIVE_UP_AFTER_S:
            return None
        return now - GIVE_UP_AFTER_S

    def note_success(self, now: float) -> bool:
        """Returns whether it failed until now."""
        failed = self.is_failing
        self._suspects.clear()
        self._health = Health(
            last_success_at=moment(now),
            last_failure_at=self._health.last_failure_at,
            last_error=self._health.last_error,
        )
        return failed

    def note_failure(self, room_id: int, *, began_at: float, now: float, error: str) -> None:
        """Of a request that began at `began_at`. Of those that fail together only one counts."""
        self._suspects.add(room_id)
        health = self._health
        failures = health.failures
        if began_at > self._counted_at:
            self._counted_at, failures = now, failures + 1
            self.probe_at = now + probe_after_s(failures, self._chance())
        self._health = health._replace(
            failures=failures,
            failing_since=health.failing_since or moment(now),
            retry_at=moment(self.probe_at) if failures >= FAILURES_MAX else None,
            last_failure_at=moment(now),
            last_error=error,
        )
