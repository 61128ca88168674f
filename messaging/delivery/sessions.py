"""One socket of one member, as delivery sees it: what it is handed, and when that ends. No I/O, no await."""

from collections.abc import Callable
from typing import Protocol

from chatproject.tokens import Caller
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

BACKLOG_MAX_BYTES = 1_048_576  # unsent bytes of one session; honest clients stay below 64 KiB
EPHEMERAL_BACKLOG_MAX_BYTES = 65_536  # beyond, a session is spared what it can do without
NEVER = float("-inf")  # monotonic seconds
NOTHING = Batch(())
BEING_READ = 2**63  # in place of a membership, newer than any: what is read of it decides, nothing that was told

Push = Callable[[Batch], object]


class Sink(Protocol):
    """How frames reach one socket; see `transport`. None of its methods blocks but `drained`.

    `farewell` is the text sent last when the server goes; None sends none. A sink that `carries` a session may
    say by `Session.push_by` what suits the state of its socket.
    """

    farewell: bytes | None

    def carry(self, session: "Session") -> None: ...
    def write(self, batch: Batch) -> None: ...
    def backlog(self) -> int: ...
    async def drained(self) -> None: ...
    def close(self, code: int, reason: str = "") -> None: ...


class Session:
    """One socket of one member.

    `rooms` are those it listens to, each with the membership (`roster_version`) that its member was found in. All
    rooms of the member are in its `inbox` in the same way, while it has one.

    `push` hands frames to the socket. Which function that is follows its state: a write to one that keeps up
    checks nothing, one that does not is asked for its backlog, one that ends is written nothing more.

    What it is to `hold` is handed over in one write with what is pushed next: each write is a system call.
    """

    __slots__ = (
        "_push_by_state",
        "caller",
        "came_at",
        "closed_with",
        "held",
        "inbox",
        "is_open",
        "is_v1",
        "language",
        "looked_at",
        "looks",
        "nickname",
        "number",
        "push",
        "rooms",
        "sink",
        "watched",
    )

    def __init__(self, *, caller: Caller, nickname: str, sink: Sink, is_v1: bool, language: str) -> None:
        self.caller, self.nickname, self.sink = caller, nickname, sink
        self.is_v1, self.language = is_v1, language
        self.number, self.came_at = 0, 0.0  # see Diary
        self.is_open = True
        self.closed_with: int | None = None  # our close code, None while open and where the peer closed
        self.rooms: dict[int, int] = {}
        self.inbox: dict[int, int] | None = None
        self.looks: bool | None = None  # whether somebody looks at the client; None where it never says so
        self.looked_at = NEVER  # by what it did, or when it said that nobody looks any more
        self.watched: frozenset[int] = frozenset()  # members whose coming and going it is told
        self.held: list[bytes] = []
        self._push_by_state: Push = self.push_within_budget
        self.push: Push = self._push_by_state
        sink.carry(self)

    @property
    def member_id(self) -> int:
        return self.caller.member_id

    def found_in(self, room_id: int) -> int:
        """The oldest membership by which it hears of the room; BEING_READ where it hears nothing of it yet."""
        by_inbox = BEING_READ if self.inbox is None else self.inbox.get(room_id, BEING_READ)
        return min(self.rooms.get(room_id, BEING_READ), by_inbox)

    def hears_by_inbox(self, room_id: int) -> bool:
        """Whether its inbox has the room, and its member was found in it."""
        return self.inbox is not None and self.inbox.get(room_id, BEING_READ) != BEING_READ

    def find_in(self, room_id: int, roster_version: int) -> None:
        """Its member was found in that membership of the room, which holds however it hears of the room."""
        for rooms in (self.rooms, self.inbox or {}):
            if rooms.get(room_id, BEING_READ) != BEING_READ:
                rooms[room_id] = max(rooms[room_id], roster_version)

    def looked_until(self, now: float) -> float:
        """When somebody looked at it last, in monotonic seconds: now where somebody does."""
        return now if self.looks else self.looked_at

    def push_by(self, push: Push) -> None:
        """From now on the socket is handed frames by this."""
        self._push_by_state = push
        if not self.held:
            self.push = push

    def push_within_budget(self, batch: Batch) -> None:
        """Hand frames to the socket; close it instead when it did not read what it was given before."""
        if self.sink.backlog() > BACKLOG_MAX_BYTES:
            self.close(CloseCode.SLOW_READER, "too slow")
            return
        self.sink.write(batch)

    def push_ephemeral(self, batch: Batch) -> bool:
        """Hand over frames that nobody misses, unless the socket does not keep up. Returns whether it was done."""
        keeps_up = self.is_open and self.sink.backlog() <= EPHEMERAL_BACKLOG_MAX_BYTES
        if keeps_up:
            self.push(batch)
        return keeps_up

    def push_text(self, text: bytes) -> None:
        self.push(Batch((text,)))

    def hold(self, text: bytes) -> bool:
        """Hand the frame over with the next that are pushed, or by `let_go`, which has to be called without delay.

        Returns whether it is the first that is held.
        """
        is_first = not self.held
        self.held.append(text)
        self.push = self._push_behind_held
        return is_first

    def _push_behind_held(self, batch: Batch) -> None:
        held, self.held = self.held, []
        self.push = self._push_by_state
        self.push(batch.behind(held))

    def let_go(self) -> None:
        """Hand over what is held, if anything is."""
        if self.held:
            self._push_behind_held(NOTHING)

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket and hand it nothing more. The Hub forgets it when its connection ends."""
        self.let_go()
        if self.is_open:
            self.closed_with = code
            self.end()
            self.sink.close(code, reason)

    def end(self) -> None:
        """Take nothing more from the socket and hand it nothing more."""
        self.is_open = False
        self.mute()

    def mute(self) -> None:
        """Hand the socket nothing more; what it sent is still dealt with."""
        self.held = []
        self.push_by(_drop)


def _drop(_batch: Batch) -> None:
    """Nobody would read it."""
