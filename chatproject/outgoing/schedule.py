"""When a failed event is tried again, and how often an endpoint that lets nothing through is looked at. Pure."""

from datetime import UTC, datetime

# seconds after each try of an event: ten tries in 75 hours, as a receiver may be away over a weekend
DELAYS_S = (5, 30, 120, 600, 3_600, 21_600, 64_800, 86_400, 93_600)
TRIES_MAX = len(DELAYS_S) + 1
GIVE_UP_AFTER_S = sum(DELAYS_S)
JITTER = 0.1  # later by up to this part, so that the events of one outage do not stay one crowd
FAILURES_MAX = 3  # so many in a row, and nothing may get through
SUSPECTS_MAX = 5  # of so few rooms the events may be to blame that are refused
PROBE_FIRST_S, PROBE_MOST_S = 5.0, 300.0


def retry_after_s(tries: int, chance: float) -> float | None:
    """How long after its `tries`-th try an event is tried again; None: it is given up. `chance` is from 0 to 1."""
    if tries >= TRIES_MAX:
        return None
    return DELAYS_S[tries - 1] * (1 + JITTER * chance)


def probe_after_s(failures: int, chance: float) -> float:
    """How long after so many failures in a row the next event is sent to see whether it gets through."""
    doublings = min(max(failures - FAILURES_MAX, 0), 10)
    return min(PROBE_FIRST_S * (1 << doublings), PROBE_MOST_S) * (1 + JITTER * chance)


def moment(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
