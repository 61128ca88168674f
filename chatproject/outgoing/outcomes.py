"""What became of events and of their endpoint, on its way into the database. Pure."""

from datetime import datetime
from typing import Literal, NamedTuple


class Outcome(NamedTuple):
    """Of one try. "delivered" without a `status`: there was nobody to tell. `room_id`: a `line_id`."""

    event_id: int
    room_id: int
    state: Literal["waiting", "delivered", "dead"]
    prev_id: int | None
    attempts: int
    due_at: datetime | None = None
    sent_at: datetime | None = None
    status: int | None = None
    error: str = ""

    @property
    def moves_on(self) -> bool:
        """Whether the receiver is told of this event as the room's previous one from now on."""
        return self.state == "dead" or (self.state == "delivered" and self.status is not None)


class Health(NamedTuple):
    """How it goes with an endpoint: the columns of EndpointState that say so."""

    failures: int = 0  # in a row, each of a request that began after the one before had failed
    failing_since: datetime | None = None  # nothing gets through
    retry_at: datetime | None = None  # until then no request, and then one at a time
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str = ""
