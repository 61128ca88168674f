"""The line of one room: what waits of it for an endpoint, and what its head waits for. Pure.

An event of no room has a line of its own.
"""

from bisect import insort
from datetime import datetime
from enum import Enum
from typing import Literal, NamedTuple

from chatproject.outgoing.composing import Row
from chatproject.outgoing.models import Kind
from chatproject.outgoing.outcomes import Outcome


class Stage(Enum):
    """What a line waits for."""

    EMPTY = "an event"
    HELD = "the time of its head"
    WANTING = "somebody to make the body of its head"
    COMPOSING = "the body"
    READY = "its turn"
    UNDER_WAY = "the answer"
    COMMITTING = "the database"


TRIABLE = frozenset((Stage.HELD, Stage.WANTING, Stage.COMPOSING, Stage.READY))


class Sending(NamedTuple):
    """An event to send now, and what its body says besides `data`."""

    row: Row
    room_id: int
    prev_id: int | None
    data: bytes
    began_at: float


class Line:
    """`last_id` is the event of the room that the receiver was told of last; `room_id` is a `line_id`."""

    __slots__ = ("_bodies", "is_released", "last_id", "room_id", "rows", "stage", "tried_at", "unsettled")

    def __init__(self, room_id: int, last_id: int | None) -> None:
        self.room_id, self.last_id = room_id, last_id
        self.rows: list[Row] = []  # by their numbers
        self._bodies: dict[int, tuple[bytes | None, float]] = {}  # and when they were made
        self.stage = Stage.EMPTY
        self.is_released = False  # its head may go before its time
        self.tried_at = 0.0
        self.unsettled = 0  # outcomes that are not committed

    @property
    def head(self) -> Row:
        return self.rows[0]

    @property
    def keeps_head_only(self) -> bool:
        """What is behind is read again when its head goes: for hours it would take others' space."""
        return self.stage is Stage.HELD

    @property
    def is_urgent(self) -> bool:
        """Somebody asked for it and looks at what becomes of it."""
        return bool(self.rows) and self.head.kind == Kind.TEST and not self.head.attempts

    def insert(self, row: Row) -> None:
        """In its place. One that is sent once more may be older than the head, unless that is under way."""
        insort(self.rows, row, lo=self.stage is Stage.UNDER_WAY, key=lambda each: each.event_id)

    def forget_behind_head(self) -> list[int]:
        """Returns which events those were."""
        behind = [row.event_id for row in self.rows[1:]]
        del self.rows[1:]
        return behind

    def prev_id(self, row: Row) -> int | None:
        """What the receiver is told as the room's event before. What has passed once keeps what was told then."""
        if self.room_id < 0:
            return None  # no lock gives these an order
        if self.last_id is not None and row.event_id <= self.last_id:
            return row.prev_id
        return self.last_id

    def keep_body(self, event_id: int, body: bytes | None, now: float) -> None:
        self._bodies[event_id] = body, now

    def has_body(self) -> bool:
        """Of its head. That may be None: it ends without a request."""
        return self.head.event_id in self._bodies

    def body(self, *, made_since: float) -> bytes | None:
        """Of its head, None where it is older or missing; then all are forgotten."""
        body, made_at = self._bodies.get(self.head.event_id, (None, 0.0))
        if body is None or made_at < made_since:
            self._bodies.clear()
            return None
        return body

    def ends_unsent(self) -> bool:
        return self.has_body() and self._bodies[self.head.event_id][0] is None

    def pass_on(
        self,
        state: Literal["delivered", "dead"],
        *,
        sent_at: datetime | None = None,
        status: int | None = None,
        error: str = "",
    ) -> Outcome:
        """Its head is done with. Counts a try where it was sent."""
        prev_id, row = self.prev_id(self.head), self.rows.pop(0)
        self._bodies.pop(row.event_id, None)
        tries = row.attempts + (sent_at is not None)
        outcome = Outcome(row.event_id, self.room_id, state, prev_id, tries, None, sent_at, status, error)
        if outcome.moves_on:
            self.last_id = max(self.last_id or 0, row.event_id)
        return self._noted(outcome)

    def put_back(self, *, tries: int, due_at: datetime | None, status: int | None, error: str) -> Outcome:
        """Its head failed, and waits. A body is made again for the next try."""
        prev_id = self.prev_id(self.head)
        row = self.rows[0] = self.head._replace(attempts=tries, due_at=due_at, prev_id=prev_id)
        self._bodies.clear()
        return self._noted(
            Outcome(row.event_id, self.room_id, "waiting", prev_id, tries, due_at, None, status, error)
        )

    def _noted(self, outcome: Outcome) -> Outcome:
        self.is_released = False
        self.unsettled += 1
        return outcome


def line_id(row: Row) -> int:
    """Its room; below 0 where it is of none: then its line is of it alone."""
    return row.room_id or -row.event_id


def due(row: Row) -> float:
    return row.due_at.timestamp() if row.due_at is not None else 0.0
