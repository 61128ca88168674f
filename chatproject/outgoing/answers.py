"""What came of a request, and what it says of the event and of the endpoint. Pure."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

TOO_MANY, UNAVAILABLE = 429, 503  # said of the whole endpoint; with them `Retry-After` counts
RETRY_AFTER_MAX_S = 6 * 3_600.0  # longer nobody is left alone for a word
RETRY_AFTER_MAX_CHARACTERS = 64


class Answer(NamedTuple):
    """A status, or none: then `reason` is one of a few words to count by. `error` is for the operator.

    `wait_s`: for so long the receiver asks to be left alone, in seconds.
    """

    status: int | None
    reason: str = ""
    error: str = ""
    wait_s: float | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def speaks_of_all(self) -> bool:
        """Whether any other event would have met the same: there was no connection, or it said so itself."""
        return self.status in (TOO_MANY, UNAVAILABLE) or self.reason in ("connect", "refused")


def answer_of(status: int, *, retry_after: str | None, now: float) -> Answer:
    """`retry_after`: the header, if there is one; `now`: seconds of the epoch."""
    if 200 <= status < 300:
        return Answer(status)
    wait_s = None
    if retry_after is not None and status in (TOO_MANY, UNAVAILABLE):
        wait_s = read_retry_after(retry_after, now)
    return Answer(status, "redirect" if 300 <= status < 400 else "status", f"answered {status}", wait_s)


def read_retry_after(written: str, now: float) -> float | None:
    """Seconds from now on, six hours at most, of a number or a date as in RFC 9110, 10.2.3; None: of neither."""
    written = written.strip()
    if len(written) > RETRY_AFTER_MAX_CHARACTERS:
        return None
    if written.isascii() and written.isdigit():
        seconds = float(written)
    else:
        try:
            moment = parsedate_to_datetime(written)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), RETRY_AFTER_MAX_S)
