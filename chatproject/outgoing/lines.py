"""What waits for one endpoint: a line for each room, and which of their heads may go now. No I/O, no await.

Of a room one event is under way at a time, and the next one goes when it has passed. An event that fails holds its
room only. What ends without a request, or is given up, is committed before its room goes on: whoever takes over
after a death tells the same previous event then.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heappop, heappush
from itertools import islice

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.composing import Row
from chatproject.outgoing.health import Pulse
from chatproject.outgoing.line import TRIABLE, Line, Sending, Stage, due, line_id
from chatproject.outgoing.outcomes import Outcome
from chatproject.outgoing.schedule import moment, retry_after_s

AHEAD_OF_A_ROOM = 16  # bodies that are made together, so that a busy room does not wait for each
ROOM_MAX_ROWS = 64  # in memory: a room with much to tell leaves space for the others
BODY_MAX_AGE_S = 2.0  # an older one is made again: a text may have been deleted since


class Lines:
    """`chance` gives numbers from 0 to 1; times are seconds of the epoch."""

    def __init__(self, pulse: Pulse, *, chance: Callable[[], float]) -> None:
        self.pulse, self._chance = pulse, chance
        self.outcomes: list[Outcome] = []  # to be committed
        self._lines: dict[int, Line] = {}
        self._known: set[int] = set()  # rows in lines, and those whose outcome is not committed
        # in the order in which they came, but the urgent ones first
        stages = Stage.WANTING, Stage.READY, Stage.COMMITTING
        self._queues = {stage: OrderedDict[int, Line]() for stage in stages}
        self._wanting, self._ready, self._committing = self._queues.values()
        self._held: list[tuple[float, int]] = []  # a heap, by when; a room may be in it more than once
        self._under_way = 0
        self._probed: Line | None = None  # whose head goes next where only one may

    # --- from and to the database

    @property
    def known(self) -> int:
        return len(self._known)

    @property
    def ready(self) -> int:
        return len(self._ready)

    @property
    def wants_bodies(self) -> bool:
        return bool(self._wanting) or self.pulse.is_narrow

    @property
    def is_committing(self) -> bool:
        """Whether a room waits for its outcome to be committed."""
        return bool(self._committing)

    def to_read(self, most: int) -> tuple[list[int], int]:
        """The rooms of which no rows are wanted now, and how many of the others to read for `most` new ones."""
        rooms = (each for each in self._lines.values() if each.room_id > 0)
        passed_over = [each for each in rooms if each.keeps_head_only or len(each.rows) >= ROOM_MAX_ROWS]
        theirs = sum(len(each.rows) for each in passed_over)
        return [each.room_id for each in passed_over], self.known - theirs + most

    def offer(self, rows: Iterable[Row], last_ids: Mapping[int, int], now: float) -> int:
        """Take rows that were read, and how far each room was told by its id; returns how many were new."""
        known = self.known
        for row in [each for each in rows if each.event_id not in self._known]:
            room_id = line_id(row)
            line = self._lines.get(room_id) or Line(room_id, last_ids.get(room_id))
            if line.keeps_head_only:  # since these were asked for
                continue
            self._lines[room_id] = line
            self._known.add(row.event_id)
            line.insert(row)
            if line.stage is Stage.EMPTY:
                self._go_on(line, now)
        return self.known - known

    def settle(self, outcomes: Iterable[Outcome], now: float) -> None:
        """These are committed."""
        for outcome in outcomes:
            line = self._lines[outcome.room_id]
            line.unsettled -= 1
            if outcome.state != "waiting":
                self._known.discard(outcome.event_id)
            if line.unsettled == 0 and line.stage in (Stage.COMMITTING, Stage.EMPTY):
                self._go_on(line, now)

    # --- bodies

    def to_compose(self, most: int, now: float) -> list[Row]:
        """Rows whose bodies are wanted next. They come back by `composed`."""
        rows: list[Row] = []
        for line in self._lines_to_compose(most, now):
            if len(rows) >= most:
                break
            rows += line.rows[: min(AHEAD_OF_A_ROOM, most - len(rows))]
            self._move(line, Stage.COMPOSING)
        return rows

    def composed(self, rows: Collection[Row], bodies: Mapping[int, bytes | None], now: float) -> None:
        """Have the bodies of some or all that were wanted together. What has none is asked for again."""
        for row in rows:
            line = self._lines.get(line_id(row))
            if line is not None and row.event_id in bodies:
                line.keep_body(row.event_id, bodies[row.event_id], now)
        for room_id in set(map(line_id, rows)):
            line = self._lines.get(room_id)
            if line is not None and line.stage is Stage.COMPOSING:
                self._go_on(line, now)

    def fail_composing(self, row: Row, now: float) -> None:
        """Its body cannot be made, for which the endpoint is not to blame. Nothing, where its turn is not now."""
        line = self._lines.get(line_id(row))
        if line is not None and line.stage is Stage.COMPOSING and line.head.event_id == row.event_id:
            self._fail(line, Answer(None, "body", "its body could not be made"), now, is_early=False)

    # --- requests

    def take(self, now: float) -> Sending | None:
        """An event to send now; it comes back by `succeed` or `fail`. None: there is none, or not yet."""
        self._release(now)
        while (line := self._next(now)) is not None and line.stage is Stage.READY:
            data = line.body(made_since=now - BODY_MAX_AGE_S)
            if data is None:
                self._move(line, Stage.WANTING)
                continue
            self._move(line, Stage.UNDER_WAY)
            self._under_way += 1
            self._probed, line.tried_at = None, now
            return Sending(line.head, line.room_id, line.prev_id(line.head), data, now)
        return None

    def succeed(self, sending: Sending, status: int, now: float) -> None:
        self._under_way -= 1
        line = self._lines[sending.room_id]
        self.outcomes.append(line.pass_on("delivered", sent_at=moment(now), status=status))
        if self.pulse.note_success(began_at=sending.began_at, now=now):
            self._probed = None
            for other in self._lines.values():
                other.is_released = True
            self._release(now)
        self._go_on(line, now)

    def fail(self, sending: Sending, answer: Answer, now: float) -> None:
        self._under_way -= 1
        line = self._lines[sending.room_id]
        self.pulse.note_failure(line.room_id, answer, began_at=sending.began_at, now=now)
        self._fail(line, answer, now, is_early=due(sending.row) > sending.began_at)

    def give_up(self, now: float) -> None:
        """Where nothing got through for so long that an event's time is over: give up what is as old."""
        before = self.pulse.gave_up_before(now)
        if before is None:
            return
        for line in self._lines.values():
            while line.stage not in (Stage.UNDER_WAY, Stage.COMPOSING) and line.rows:
                if line.head.created_at.timestamp() >= before:
                    break
                self.outcomes.append(line.pass_on("dead", error="nothing got through"))
                self._move(line, Stage.COMMITTING)

    # --- inside

    def _lines_to_compose(self, most: int, now: float) -> list[Line]:
        self._release(now)
        if not self.pulse.is_narrow:
            return list(islice(self._wanting.values(), most))
        line = self._next(now)
        return [line] if line is not None and line.stage in (Stage.WANTING, Stage.HELD) else []

    def _next(self, now: float) -> Line | None:
        """The line whose head goes next, though that may have no body yet."""
        firsts = [next(iter(queue.values()), None) for queue in (self._ready, self._wanting)]
        if not self.pulse.is_narrow:
            return firsts[0]
        if self._under_way:
            return None
        urgent = next((line for line in firsts if line is not None and line.is_urgent), None)
        if urgent is not None or now < self.pulse.probe_at:
            return urgent
        if self._probed is None or self._probed.stage not in TRIABLE:
            lines = (line for line in self._lines.values() if line.stage in TRIABLE)
            self._probed = min(lines, key=lambda line: (line.tried_at, line.head.event_id), default=None)
        return self._probed

    def _release(self, now: float) -> None:
        """Let those go on whose time has come."""
        while self._held:
            until, room_id = self._held[0]
            line = self._lines.get(room_id)
            if until > now and line is not None and not line.is_released:
                break
            heappop(self._held)
            if line is not None and line.stage is Stage.HELD:
                self._go_on(line, now)

    def _go_on(self, line: Line, now: float) -> None:
        """Find out what the line waits for now."""
        ended = 0
        while line.rows and line.ends_unsent():
            self.outcomes.append(line.pass_on("delivered"))
            ended += 1
        if ended:
            self._move(line, Stage.COMMITTING)
        elif not line.rows:
            self._move(line, Stage.EMPTY)
            if not line.unsettled:
                del self._lines[line.room_id]
        elif (until := self._held_until(line)) > now:
            self._move(line, Stage.HELD)
            heappush(self._held, (until, line.room_id))
            if line.keeps_head_only:
                self._known.difference_update(line.forget_behind_head())
        else:
            self._move(line, Stage.READY if line.has_body() else Stage.WANTING)

    def _held_until(self, line: Line) -> float:
        if line.is_released or line is self._probed:
            return 0.0
        until = due(line.head)
        return min(until, self.pulse.probe_at) if self.pulse.is_looked_at(line.room_id) else until

    def _fail(self, line: Line, answer: Answer, now: float, *, is_early: bool) -> None:
        """A try ahead of its time does not count: it was for the endpoint's sake."""
        (status, _reason, error, wait_s), tries, due_at = answer, line.head.attempts, line.head.due_at
        if not is_early:
            tries += 1
            delay_s = retry_after_s(tries, self._chance())
            if delay_s is None:
                self.outcomes.append(line.pass_on("dead", sent_at=moment(now), status=status, error=error))
                self._move(line, Stage.COMMITTING)
                return
            due_at = moment(now + max(delay_s, wait_s or 0.0))
        self.outcomes.append(line.put_back(tries=tries, due_at=due_at, status=status, error=error))
        self._go_on(line, now)

    def _move(self, line: Line, stage: Stage) -> None:
        line.stage = stage
        for queued, queue in self._queues.items():
            if queued is not stage:
                queue.pop(line.room_id, None)
            else:
                queue[line.room_id] = line
                if line.is_urgent:
                    queue.move_to_end(line.room_id, last=False)
