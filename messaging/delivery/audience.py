"""One room in a process: who hears of it, and how what its stream lets out gets to them. No I/O, no await."""

from collections.abc import Iterator, Sequence

from messaging.delivery.diary import Diary
from messaging.delivery.room_inbox import RoomInbox
from messaging.delivery.sessions import BACKLOG_MAX_BYTES, BEING_READ, Session
from messaging.delivery.streams import RoomStream, Telling
from messaging.roads import Roads
from messaging.wire.file_words import for_v1
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

Sent = dict[str, int]  # frames that were handed to sockets, by kind; added once per batch and room


class Joining:
    """A session between its subscription and the end of its replay.

    Until `after` is known, live changes wait in `waiting`; then those up to `after` are skipped: the replay, or
    the client's own knowledge, has them.
    """

    __slots__ = ("after", "waiting", "waiting_bytes")

    def __init__(self) -> None:
        self.after: int | None = None
        self.waiting: list[Telling] = []
        self.waiting_bytes = 0


class RoomAudience:
    """One room in this process: its stream, who listens to it, and whose inbox hears of it."""

    __slots__ = ("_diary", "_roads", "_sent", "inbox", "joining", "room_id", "sessions", "stream")

    def __init__(self, room_id: int, *, sent: Sent, diary: Diary, roads: Roads) -> None:
        self.room_id, self._sent, self._diary, self._roads = room_id, sent, diary, roads
        self.stream = RoomStream()
        self.sessions: dict[Session, None] = {}  # a set that keeps its order
        self.joining: dict[Session, Joining] = {}
        self.inbox: RoomInbox | None = None

    def listeners(self) -> Iterator[Session]:
        yield from self.sessions
        yield from self.joining

    def everyone(self) -> Iterator[Session]:
        """Each once, however it hears of the room."""
        yield from self.listeners()
        if self.inbox is not None:
            yield from (session for session in self.inbox.sessions if self.room_id not in session.rooms)

    def admitted(self) -> Iterator[Session]:
        """Those who were found to be members and whose replay is out."""
        yield from self.sessions
        yield from (session for session, joining in self.joining.items() if joining.after is not None)

    def members(self) -> Iterator[Session]:
        """Those who were found to be members, also while their replay is on its way."""
        return (session for session in self.listeners() if session.rooms.get(self.room_id) != BEING_READ)

    def informed(self) -> Iterator[Session]:
        """Those members, and those whose inbox has the room and who do not listen to it."""
        yield from self.members()
        if self.inbox is not None:
            for session in self.inbox.sessions:
                if self.room_id not in session.rooms and session.hears_by_inbox(self.room_id):
                    yield session

    def was_found_before(self, roster_version: int) -> bool:
        """Whether somebody here was found in an older membership than that; others know of it by their look."""
        return any(session.rooms.get(self.room_id, BEING_READ) < roster_version for session in self.listeners())

    def member_ids(self) -> set[int]:
        return {session.member_id for session in self.everyone()}

    def deliver(self, changes: Sequence[Telling]) -> None:
        """Hand changes that the stream let out to everyone, one write per socket."""
        if not changes:
            return
        inboxes = 0 if self.inbox is None else len(self.inbox.sessions)
        self._diary.note_let_out(self.room_id, changes, len(self.sessions), inboxes)
        if self.sessions or self.joining:
            self._deliver_to_listeners(changes)
        if self.inbox is not None:
            self.inbox.hear(changes, last_seq=self.stream.last_seq)
        if self._roads.under_way:
            self._roads.deliver(self.room_id, changes, sockets=len(self.sessions), inboxes=inboxes)

    def _deliver_to_listeners(self, changes: Sequence[Telling]) -> None:
        texts, messages = [], []
        for change in changes:
            texts.append(change.text)
            if change.is_message:
                messages.append(for_v1(change.text))
        batch = Batch(texts)
        if messages == texts:  # nearly always; this loop is what a busy room costs
            for session in self.sessions:
                session.push(batch)
        else:
            v1_batch = Batch(messages)
            for session in self.sessions:
                session.push(v1_batch if session.is_v1 else batch)
        self._sent["change"] += len(changes) * len(self.sessions)
        if self.joining:
            for session, joining in list(self.joining.items()):
                self._deliver_to_joining(session, joining, changes)

    def _deliver_to_joining(self, session: Session, joining: Joining, changes: Sequence[Telling]) -> None:
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

    def _push_changes(self, session: Session, changes: Sequence[Telling]) -> None:
        if session.is_v1:
            texts = [for_v1(change.text) for change in changes if change.is_message]
        else:
            texts = [change.text for change in changes]
        if texts:
            session.push(Batch(texts))
            self._sent["change"] += len(texts)
