"""What this process remembers of who was told what: by batch and by socket, never by what one socket was handed.

For `messaging.inquiry`, where somebody asks why a message did not come. Numbers and times only, no word of
anybody's; the newest of each kind, so that memory is bounded: some 20 MB in all. Pure; the clock is passed in.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple, Protocol

TOLD_MOST = 20_000  # batches of rooms that went out, and as many that were stored here
MOVES_MOST = 20_000  # of sockets; ten thousand that come back make three each

Run = tuple[int, int, int]  # so many changes one after another, from this seq and version on


class Numbered(Protocol):
    """A change, as far as it matters here."""

    @property
    def seq(self) -> int: ...
    @property
    def version(self) -> int: ...


class Socket(Protocol):
    """A session, as far as it matters here."""

    number: int
    came_at: float
    closed_with: int | None

    @property
    def member_id(self) -> int: ...


class Announced(NamedTuple):
    """A batch of this process's writer was committed, with these changes of the room, and so these were told."""

    at: float  # seconds since 1970, as all times here
    room_id: int
    seq: int
    version: int
    number: int  # of changes
    batch: int  # counted in this process
    size: int  # of the batch, in all rooms
    processes: tuple[str, ...]


class LetOut(NamedTuple):
    """The room's stream let these changes out to so many sockets here."""

    at: float
    room_id: int
    seq: int
    version: int
    number: int
    listeners: int
    inboxes: int


class Move(NamedTuple):
    """What a socket did. `what`: came, heard (it listens from here on), left (no more), inbox, inbox-ended, went.

    Of "heard": `since` is the version that it knew, None where it said none; `after` the one from which on it was
    told all; `replayed`: what lies between was handed over. Of "went": `after` is our close code, or -1.
    """

    at: float
    session: int
    member_id: int
    what: str
    room_id: int = 0
    since: int | None = None
    after: int = 0
    replayed: bool = False


def runs_of(changes: Sequence[Numbered]) -> list[Run]:
    """In few numbers: messages that were said one after another are one run."""
    runs: list[Run] = []
    first_seq = first_version = number = 0
    for change in changes:
        seq, version = change.seq, change.version
        if number and seq == first_seq + number and version == first_version + number:
            number += 1
            continue
        if number:
            runs.append((first_seq, first_version, number))
        first_seq, first_version, number = seq, version, 1
    if number:
        runs.append((first_seq, first_version, number))
    return runs


class Diary:
    """One per process."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self.began_at = now()  # it says nothing of what was before
        # as plain tuples, which cost half: nearly none is ever read
        self.announced: deque[tuple[Any, ...]] = deque(maxlen=TOLD_MOST)  # of an Announced's values
        self.let_out: deque[tuple[Any, ...]] = deque(maxlen=TOLD_MOST)  # of a LetOut's
        self.moves: deque[Move] = deque(maxlen=MOVES_MOST)
        self.batches = count(1)
        self._sockets = 0

    def begin_anew(self) -> None:
        """Versions and seqs mean others from now on."""
        self.began_at = self._now()
        self.announced.clear()
        self.let_out.clear()
        self.moves.clear()

    # --- what was told

    def note_announced(
        self, room_id: int, changes: Sequence[Numbered], batch: int, size: int, processes: tuple[str, ...]
    ) -> None:
        if len(changes) == 1:  # nearly always
            change = changes[0]
            self.announced.append((self._now(), room_id, change.seq, change.version, 1, batch, size, processes))
            return
        now = self._now()
        self.announced.extend((now, room_id, *run, batch, size, processes) for run in runs_of(changes))

    def note_let_out(self, room_id: int, changes: Sequence[Numbered], listeners: int, inboxes: int) -> None:
        if len(changes) == 1:
            change = changes[0]
            self.let_out.append((self._now(), room_id, change.seq, change.version, 1, listeners, inboxes))
            return
        now = self._now()
        self.let_out.extend((now, room_id, *run, listeners, inboxes) for run in runs_of(changes))

    # --- what sockets do

    def note_coming(self, socket: Socket) -> None:
        """The socket has a number from here on."""
        self._sockets += 1
        socket.number, socket.came_at = self._sockets, self._now()
        self._note(socket, "came")

    def note_going(self, socket: Socket) -> None:
        code = -1 if socket.closed_with is None else socket.closed_with
        self._note(socket, "went", after=code)

    def note_hearing(self, socket: Socket, room_id: int, *, since: int | None, after: int, replayed: bool) -> None:
        """The socket is told all changes of the room that come after that version."""
        self._note(socket, "heard", room_id, since, after, replayed=replayed)

    def note_leaving(self, socket: Socket, room_id: int) -> None:
        self._note(socket, "left", room_id)

    def note_inbox(self, socket: Socket, *, is_on: bool) -> None:
        self._note(socket, "inbox" if is_on else "inbox-ended")

    def _note(
        self,
        socket: Socket,
        what: str,
        room_id: int = 0,
        since: int | None = None,
        after: int = 0,
        *,
        replayed: bool = False,
    ) -> None:
        move = Move(self._now(), socket.number, socket.member_id, what, room_id, since, after, replayed)
        self.moves.append(move)

    # --- what is asked

    def told_since(self) -> float:
        """From when on everything that went out is remembered."""
        return self.let_out[0][0] if len(self.let_out) == TOLD_MOST else self.began_at

    def moves_since(self) -> float:
        """From when on everything that sockets did is remembered."""
        return self.moves[0].at if len(self.moves) == MOVES_MOST else self.began_at

    def when_announced(self, room_id: int, seq: int) -> Announced | None:
        """When the message was said here, if it was and that is remembered."""
        return next(map(Announced._make, _with(self.announced, room_id, seq)), None)

    def when_let_out(self, room_id: int, seq: int) -> LetOut | None:
        """When the message went out here for the first time that is remembered."""
        return next(map(LetOut._make, _with(self.let_out, room_id, seq)), None)

    def moves_of(self, member_id: int) -> list[Move]:
        return [move for move in self.moves if move.member_id == member_id]


def _with(rows: Iterable[tuple[Any, ...]], room_id: int, seq: int) -> Iterator[tuple[Any, ...]]:
    """Those of an Announced's or a LetOut's values that have the message."""
    return (row for row in rows if row[1] == room_id and row[2] <= seq < row[2] + row[4])
