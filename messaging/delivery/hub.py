"""The sessions of this process and the rooms each listens to. No I/O, no await."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, Protocol

from chatproject.tokens import Caller
from messaging.delivery.streams import Change, RoomStream
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

BACKLOG_MAX_BYTES = 1_048_576  # unsent bytes of one session; honest clients stay below 64 KiB
EPHEMERAL_BACKLOG_MAX_BYTES = 65_536  # beyond, a session is spared what it can do without
BEING_READ = 2**63  # in place of a membership, newer than any: what is read of it decides, nothing that was told

Sent = Callable[[Literal["change", "replay", "ephemeral", "answer"], int], None]  # so many frames of that kind


class Sink(Protocol):
    """How frames reach one socket; see `transport`. None of its methods blocks but `drained`.

    `farewell` is the text sent last when the server goes; None sends none. A sink that `carries` a session may set
    the session's `push` to what suits the state of its socket.
    """

    farewell: bytes | None

    def carry(self, session: "Session") -> None: ...
    def write(self, batch: Batch) -> None: ...
    def backlog(self) -> int: ...
    async def drained(self) -> None: ...
    def close(self, code: int, reason: str = "") -> None: ...


class Session:
    """One socket of one member.

    `rooms` are those it listens to, each with the membership (`roster_version`) that its member was found in.

    `push` hands frames to the socket. Which function that is follows its state: a write to one that keeps up
    checks nothing, one that does not is asked for its backlog, one that ends is written nothing more.
    """

    __slots__ = ("caller", "closed_with", "is_open", "is_v1", "language", "nickname", "push", "rooms", "sink")

    def __init__(self, *, caller: Caller, nickname: str, sink: Sink, is_v1: bool, language: str) -> None:
        self.caller, self.nickname, self.sink = caller, nickname, sink
        self.is_v1, self.language = is_v1, language
        self.is_open = True
        self.closed_with: int | None = None  # our close code, None while open and where the peer closed
        self.rooms: dict[int, int] = {}
        self.push: Callable[[Batch], object] = self.push_within_budget
        sink.carry(self)

    @property
    def member_id(self) -> int:
        return self.caller.member_id

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
            self.sink.write(batch)
        return keeps_up

    def push_text(self, text: bytes) -> None:
        self.push(Batch((text,)))

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket and hand it nothing more. The Hub forgets it when its connection ends."""
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
        self.push = _drop


def _drop(_batch: Batch) -> None:
    """Nobody would read it."""


class _Joining:
    """A session between its subscription and the end of its replay.

    Until `after` is known, live changes wait in `waiting`; then those up to `after` are skipped: the replay, or
    the client's own knowledge, has them.
    """

    __slots__ = ("after", "waiting", "waiting_bytes")

    def __init__(self) -> None:
        self.after: int | None = None
        self.waiting: list[Change] = []
        self.waiting_bytes = 0


class RoomAudience:
    """One room in this process: its stream and who hears it."""

    __slots__ = ("_sent", "joining", "room_id", "sessions", "stream")

    def __init__(self, room_id: int, *, sent: Sent) -> None:
        self.room_id, self._sent = room_id, sent
        self.stream = RoomStream()
        self.sessions: dict[Session, None] = {}  # a set that keeps its order
        self.joining: dict[Session, _Joining] = {}

    def everyone(self) -> Iterator[Session]:
        yield from self.sessions
        yield from self.joining

    def admitted(self) -> Iterator[Session]:
        """Those who were found to be members and whose replay is out."""
        yield from self.sessions
        yield from (session for session, joining in self.joining.items() if joining.after is not None)

    def member_ids(self) -> set[int]:
        return {session.member_id for session in self.everyone()}

    def deliver(self, changes: Sequence[Change]) -> None:
        """Hand changes that the stream let out to everyone, one write per socket."""
        if not changes:
            return
        batch = Batch([change.text for change in changes])
        messages = [change.text for change in changes if change.is_message]
        if len(messages) == len(changes):  # nearly always; this loop is what a busy room costs
            for session in self.sessions:
                session.push(batch)
        else:
            v1_batch = Batch(messages)
            for session in self.sessions:
                session.push(v1_batch if session.is_v1 else batch)
        self._sent("change", len(changes) * len(self.sessions))
        for session, joining in list(self.joining.items()):
            self._deliver_to_joining(session, joining, changes)

    def _deliver_to_joining(self, session: Session, joining: _Joining, changes: Sequence[Change]) -> None:
        after = joining.after
        if after is None:
            joining.waiting.extend(changes)
            joining.waiting_bytes += sum(len(change.text) for change in changes)
            if joining.waiting_bytes > BACKLOG_MAX_BYTES:  # they are unsent too
                session.close(CloseCode.SLOW_READER, "too slow")
            return
        self._push_changes(session, [change for change in changes if change.version > after])
        if self.stream.version is not None and self.stream.version >= after:
            del self.joining[session]
            self.sessions[session] = None

    def finish_joining(self, session: Session, *, after: int) -> None:
        """The session knows everything up to version `after`: hand it what waited beyond, then let it live."""
        joining = self.joining.get(session)
        if joining is None:  # dropped from the room meanwhile
            return
        joining.after = after
        waiting, joining.waiting = joining.waiting, []
        self._deliver_to_joining(session, joining, waiting)

    def _push_changes(self, session: Session, changes: Sequence[Change]) -> None:
        texts = [change.text for change in changes if change.is_message or not session.is_v1]
        if texts:
            session.push(Batch(texts))
            self._sent("change", len(texts))


class Hub:
    """Sessions by member, rooms by id. `sent` is told what was handed to sockets."""

    def __init__(self, *, sent: Sent = lambda _kind, _frames: None) -> None:
        self.sent = sent
        self.rooms: dict[int, RoomAudience] = {}
        self._by_member: dict[int, set[Session]] = {}

    def add(self, session: Session) -> None:
        self._by_member.setdefault(session.member_id, set()).add(session)

    def remove(self, session: Session) -> list[int]:
        """Forget the session. Returns the rooms that nobody here listens to any more."""
        siblings = self._by_member.get(session.member_id, set())
        siblings.discard(session)
        if not siblings:
            self._by_member.pop(session.member_id, None)
        return [room_id for room_id in list(session.rooms) if self.unsubscribe(session, room_id)]

    def sessions_of(self, member_id: int) -> set[Session]:
        return self._by_member.get(member_id, set())

    def count_sessions(self) -> int:
        return sum(map(len, self._by_member.values()))

    def subscribe(self, session: Session, room_id: int) -> RoomAudience:
        """Begin to hold the room's changes for the session, until `RoomAudience.finish_joining`."""
        audience = self.rooms.get(room_id)
        if audience is None:
            audience = self.rooms[room_id] = RoomAudience(room_id, sent=self.sent)
        audience.sessions.pop(session, None)
        audience.joining[session] = _Joining()
        session.rooms[room_id] = BEING_READ
        return audience

    def unsubscribe(self, session: Session, room_id: int) -> bool:
        """Returns whether that left the room without a listener here."""
        session.rooms.pop(room_id, None)
        audience = self.rooms.get(room_id)
        if audience is None:
            return False
        audience.sessions.pop(session, None)
        audience.joining.pop(session, None)
        if audience.sessions or audience.joining:
            return False
        del self.rooms[room_id]
        return True

    def tell(self, room_id: int, text: bytes, *, except_member_id: int | None = None) -> None:
        """Hand an ephemeral frame to the room's v2 sessions; not to one whose membership is still being read."""
        if (audience := self.rooms.get(room_id)) is not None:
            self._tell(text, [one for one in audience.admitted() if one.member_id != except_member_id])

    def tell_newcomer(self, member_id: int, room_id: int, text: bytes) -> None:
        """Hand an ephemeral frame to those v2 sessions of the member that do not listen to the room."""
        self._tell(text, [one for one in self.sessions_of(member_id) if room_id not in one.rooms])

    def _tell(self, text: bytes, sessions: list[Session]) -> None:
        batch = Batch((text,))
        told = [session.push_ephemeral(batch) for session in sessions if not session.is_v1]
        self.sent("ephemeral", sum(told))

    def sessions_in(self, room_id: int, member_ids: Iterable[int], *, found_before: int) -> list[Session]:
        """The sessions of these members that listen to the room, found in it in an older membership than that."""
        return [
            session
            for member_id in member_ids
            for session in self.sessions_of(member_id)
            if session.rooms.get(room_id, BEING_READ) < found_before
        ]
