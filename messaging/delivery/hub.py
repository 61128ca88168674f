"""The sessions of this process and the rooms each hears of. No I/O, no await."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from messaging.delivery.audience import Joining, RoomAudience, Sent
from messaging.delivery.diary import Diary
from messaging.delivery.room_inbox import Later, RoomInbox
from messaging.delivery.sessions import BEING_READ, Session
from messaging.roads import NO_ROADS, Roads
from messaging.wire.framing import Batch


class Hub:
    """Sessions by member, rooms by id. What was handed to sockets is added to `sent`."""

    def __init__(self, *, sent: Sent | None = None, roads: Roads = NO_ROADS) -> None:
        self.sent = Counter[str]() if sent is None else sent
        self.diary, self._roads = Diary(), roads
        self.rooms: dict[int, RoomAudience] = {}
        self._by_member: dict[int, set[Session]] = {}
        self._holding: list[Session] = []

    def add(self, session: Session) -> None:
        self._by_member.setdefault(session.member_id, set()).add(session)
        self.diary.note_coming(session)

    def remove(self, session: Session) -> list[int]:
        """Forget the session. Returns the rooms of which nobody here hears any more."""
        siblings = self._by_member.get(session.member_id, set())
        if session in siblings:
            siblings.discard(session)
            self.diary.note_going(session)
        if not siblings:
            self._by_member.pop(session.member_id, None)
        emptied = [room_id for room_id in list(session.rooms) if self.unsubscribe(session, room_id)]
        emptied += self.end_inbox(session)
        return emptied

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
        audience = self._audience_of(room_id)
        audience.sessions.pop(session, None)
        audience.joining[session] = Joining()
        session.rooms[room_id] = BEING_READ
        return audience

    def _audience_of(self, room_id: int) -> RoomAudience:
        if (audience := self.rooms.get(room_id)) is None:
            audience = RoomAudience(room_id, sent=self.sent, diary=self.diary, roads=self._roads)
            self.rooms[room_id] = audience
        return audience

    def unsubscribe(self, session: Session, room_id: int) -> bool:
        """Returns whether that left the room without anybody here who hears of it."""
        session.rooms.pop(room_id, None)
        if (audience := self.rooms.get(room_id)) is None:
            return False
        audience.sessions.pop(session, None)
        audience.joining.pop(session, None)
        return self._forget_empty(audience)

    def enter_inbox(self, session: Session, room_id: int, *, later: Later) -> None:
        """Have the room in the session's inbox, where nothing is told of it while the membership is BEING_READ."""
        assert session.inbox is not None
        audience = self._audience_of(room_id)
        if audience.inbox is None:
            audience.inbox = RoomInbox(room_id, later=later, sent=self.sent)
        audience.inbox.sessions[session] = None
        session.inbox[room_id] = BEING_READ

    def leave_inbox(self, session: Session, room_id: int) -> bool:
        """As `unsubscribe`."""
        if session.inbox is None or session.inbox.pop(room_id, None) is None:
            return False
        audience = self.rooms[room_id]
        assert audience.inbox is not None
        del audience.inbox.sessions[session]
        if not audience.inbox.sessions:
            audience.inbox = None
        return self._forget_empty(audience)

    def end_inbox(self, session: Session) -> list[int]:
        """The session has none any more. Returns the rooms of which nobody here hears any more."""
        emptied = [room_id for room_id in list(session.inbox or ()) if self.leave_inbox(session, room_id)]
        session.inbox = None
        return emptied

    def _forget_empty(self, audience: RoomAudience) -> bool:
        if audience.sessions or audience.joining or audience.inbox is not None:
            return False
        del self.rooms[audience.room_id]
        return True

    def has_listeners(self, room_id: int) -> bool:
        """Whether anybody here listens to the room itself."""
        audience = self.rooms.get(room_id)
        return audience is not None and bool(audience.sessions or audience.joining)

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
        """The sessions of these members that hear of the room, found in it in an older membership than that."""
        return [
            session
            for member_id in member_ids
            for session in self.sessions_of(member_id)
            if session.found_in(room_id) < found_before
        ]
