"""The lines of one endpoint, played through without database, receiver and time."""

from datetime import UTC, datetime
from typing import Any

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.composing import Row
from chatproject.outgoing.health import Pulse
from chatproject.outgoing.line import Sending
from chatproject.outgoing.lines import Lines
from chatproject.outgoing.outcomes import Health, Outcome

START = 1_796_000_000.0
WAIT_STEP_S = 5
REFUSED = Answer(500, "status", "answered 500")
AWAY = Answer(None, "connect", "ConnectionRefusedError")
LONG_AGO = datetime(2026, 11, 29, tzinfo=UTC)


def row(event_id: int, room_id: int | None = 5, **fields: Any) -> Row:
    plain = Row(event_id, "message", room_id, event_id, event_id, 1, None, LONG_AGO, 0, None, None)
    return plain._replace(**fields)


class Play:
    """`unsent` are events that nobody is to be told of, `answer` is what comes of those that fail.

    Bodies and commits come when they are asked for here.
    """

    def __init__(self, *rows: Row, health: Health | None = None, last_ids: dict[int, int] | None = None) -> None:
        self.now = START
        self.lines = Lines(Pulse(health or Health(), chance=lambda: 0.0), chance=lambda: 0.0)
        self.answer = REFUSED
        self.unsent: set[int] = set()
        self.committed: list[Outcome] = []
        self.offer(*rows, last_ids=last_ids)

    def offer(self, *rows: Row, last_ids: dict[int, int] | None = None) -> int:
        return self.lines.offer(rows, last_ids or {}, self.now)

    def compose(self) -> list[int]:
        """Make the bodies that are wanted; returns of which events."""
        made = []
        while rows := self.lines.to_compose(64, self.now):
            bodies = {each.event_id: None if each.event_id in self.unsent else b"{}" for each in rows}
            self.lines.composed(rows, bodies, self.now)
            made += list(bodies)
        return made

    def commit(self) -> list[Outcome]:
        outcomes = list(self.lines.outcomes)
        self.lines.outcomes.clear()
        self.lines.settle(outcomes, self.now)
        self.committed += outcomes
        return outcomes

    def take(self) -> Sending | None:
        self.compose()
        return self.lines.take(self.now)

    def take_all(self) -> list[Sending]:
        """Whatever may go out at one time."""
        taken = []
        while (sending := self.take()) is not None:
            taken.append(sending)
        return taken

    def take_one(self) -> Sending:
        sending = self.take()
        assert sending is not None
        return sending

    def succeed(self, sending: Sending) -> None:
        self.lines.succeed(sending, 204, self.now)

    def fail(self, sending: Sending, answer: Answer | None = None) -> None:
        self.lines.fail(sending, answer or self.answer, self.now)

    def fail_next(self, times: int = 1) -> None:
        """The next that goes, as soon as it goes."""
        for _ in range(times):
            self.fail(self.wait_for_next())

    def wait_for_next(self) -> Sending:
        for _ in range(100_000):
            if (sending := self.take()) is not None:
                return sending
            self.now += WAIT_STEP_S
        raise AssertionError("nothing goes out any more")

    def deliver_all(self) -> list[int]:
        """Let everything through that goes now; returns it in its order."""
        order = []
        while (sending := self.take()) is not None:
            order.append(sending.row.event_id)
            self.succeed(sending)
            self.commit()
        return order


def ids(sendings: list[Sending]) -> list[int]:
    return [sending.row.event_id for sending in sendings]
