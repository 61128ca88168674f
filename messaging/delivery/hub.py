"""The sessions of this process and the rooms each listens to. No I/O, no await."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from messaging.delivery.sessions import BACKLOG_MAX_BYTES, BEING_READ, Session
from messaging.delivery.streams import RoomStream, Telling
from messaging.wire.file_words import for_v1
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode

Sent = dict[str, int]  # frames that were handed to sockets, by kind; added once per batch and room


class _Joining:
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

    def members(self) -> Iterator[Session]:
        """Those who were found to be members, also while their replay is on its way."""
        return (session for session in self.everyone() if session.rooms.get(self.room_id) != BEING_READ)

    def was_found_before(self, roster_version: int) -> bool:
        """Whether somebody here was found in an older membership than that; others know of it by their look."""
        return any(session.rooms.get(self.room_id, BEING_READ) < roster_version for session in self.everyone())

    def member_ids(self) -> set[int]:
        return {session.member_id for session in self.everyone()}

    def deliver(self, changes: Sequence[Telling]) -> None:
        """Hand changes that the stream let out to everyone, one write per socket."""
        if not changes:
            return
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

    def _deliver_to_joining(self, session: Session, joining: _Joining, changes: Sequence[Telling]) -> None:
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


class Hub:
    """Sessions by member, rooms by id. What was handed to sockets is added to `sent`."""

    def __init__(self, *, sent: Sent | None = None) -> None:
        self.sent = Counter[str]() if sent is None else sent
        self.rooms: dict[int, RoomAudience] = {}
        self._by_member: dict[int, set[Session]] = {}
        self._holding: list[Session] = []

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

    def everyone(self) -> Iterator[Session]:
        for sessions in self._by_member.values():
            yield from sessions

    def count_sessions(self) -> int:
        return sum(map(len, self._by_member.values()))

    def members_who_did_something(self, *, since: float) -> list[int]:
        """At a client that never says whether anybody looks at it."""
        return [
            member_id
            for member_id, sessions in self._by_member.items()
            if any(session.looks is None and session.looked_at > since for session in sessions)
        ]

    def hold(self, session: Session, text: bytes) -> None:
        """Hand the session an answer in one write with what it is about to hear, if anything; see `let_go`."""
        if session.hold(text):
            self._holding.append(session)
        self.sent["answer"] += 1

    def let_go(self) -> None:
        """Hand over what is held still, of those who heard nothing. To be called in the same pass of the loop."""
        holding, self._holding = self._holding, []
        for session in holding:
            if session.held:
                session.let_go()

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
            self._tell((text,), [one for one in audience.admitted() if one.member_id != except_member_id])

    def tell_places(self, room_id: int, texts: Sequence[bytes]) -> None:
        """Hand over who came, went or read, in one write per socket: also to those whose replay is on its way.

        Who was told `subscribed` may ask for the members, and would miss what happens before the replay's end.
        """
        if (audience := self.rooms.get(room_id)) is not None:
            self._tell(texts, list(audience.members()))

    def tell_newcomer(self, member_id: int, room_id: int, text: bytes) -> None:
        """Hand an ephemeral frame to those v2 sessions of the member that do not listen to the room."""
        self._tell((text,), [one for one in self.sessions_of(member_id) if room_id not in one.rooms])

    def tell_members(self, member_ids: Iterable[int], text: bytes) -> None:
        """Hand an ephemeral frame to all v2 sessions of these members."""
        self._tell((text,), [session for member_id in member_ids for session in self.sessions_of(member_id)])

    def _tell(self, texts: Sequence[bytes], sessions: Iterable[Session]) -> None:
        batch = Batch(texts)
        told = [session.push_ephemeral(batch) for session in sessions if not session.is_v1]
        self.sent["ephemeral"] += sum(told) * len(texts)

    def sessions_in(self, room_id: int, member_ids: Iterable[int], *, found_before: int) -> list[Session]:
        """The sessions of these members that listen to the room, found in it in an older membership than that."""
        return [
            session
            for member_id in member_ids
            for session in self.sessions_of(member_id)
            if session.rooms.get(room_id, BEING_READ) < found_before
        ]
