"""Read marks: taken in together, told together. How they are moved is in `store.read_marks`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from chatproject.outgoing.subscriptions import Subscribed
from messaging.delivery.hub import Hub
from messaging.delivery.inbox_teller import InboxTeller
from messaging.delivery.notices import Notice
from messaging.delivery.pacing import Marks, PacedMarks
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import Session
from messaging.store.database import Database
from messaging.store.gathering import Gathered
from messaging.store.own_places import OwnPlace
from messaging.store.read_marks import MarkAsked, ReadMark, mark_read, mark_read_together
from messaging.wire.client_frames import Read
from messaging.wire.protocol import MemberRead, encode
from messaging.wire.room_frames import OwnRoom


def own_room(own: OwnPlace) -> OwnRoom:
    """The frame of it."""
    return OwnRoom(room_id=own.room_id, pinned=own.is_pinned, hidden=own.is_hidden, unread=own.is_marked_unread)


class Reads:
    """The read marks that pass through this process."""

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        relay: Relay,
        inboxes: InboxTeller,
        subscribed: Callable[[], Subscribed | None] = lambda: None,
    ) -> None:
        self._database, self._hub, self._relay, self._subscribed = database, hub, relay, subscribed
        self._inboxes = inboxes
        self._asked = Gathered(database, self._mark_together)
        self._paced = PacedMarks(tell=self._tell_here, publish=self._publish, later=_later)
        self._own = PacedMarks(tell=inboxes.tell_marks, publish=self._publish_own, later=_later)

    async def mark(self, session: Session, frame: Read) -> None:
        """The session's member has read so far. Raises RoomNotFound, NotInRoom, StoreUnavailable."""
        asked = MarkAsked(frame.room_id, session.member_id, frame.seq)
        mark = await self._asked.get(asked)
        if mark is None:  # who is not in the room is told why
            mark = await self._database.run(mark_read, **asked._asdict())
        if mark.moved:
            self._inboxes.heed_mark(session, frame.room_id, mark.seq)
        self.tell(room_id=frame.room_id, member_id=session.member_id, mark=mark)

    def _mark_together(self, asked: Sequence[MarkAsked]) -> Mapping[MarkAsked, ReadMark]:
        """On a reader's thread."""
        return mark_read_together(asked, subscribed=self._subscribed())

    def tell(self, *, room_id: int, member_id: int, mark: ReadMark) -> None:
        """Tell the room's listeners on every instance and the member's own inboxes, unless the mark was there
        before; of a large room these alone.

        And the member, where they had marked the room as unread.
        """
        if mark.moved:
            paced = self._paced if mark.is_told else self._own
            paced.hear(room_id, {member_id: mark.seq}, is_ours=True)
        if mark.own is not None:
            text = encode(own_room(mark.own))
            self._hub.tell_members([member_id], text)
            self._relay.publish(Notice(room_id=0, kind="members", text=text, member_ids=(member_id,)))

    def hear(self, notice: Notice) -> None:
        """Another process tells of marks."""
        paced = self._own if notice.are_for_members_alone else self._paced
        paced.hear(notice.room_id, notice.marks, is_ours=False)

    def tell_listeners(self, room_id: int, marks: Marks) -> None:
        """Tell the room's listeners here, of what every other process knows as well."""
        self._paced.hear(room_id, marks, is_ours=False)

    def stop(self) -> None:
        """Tell what waits: no sweep would find it."""
        self._paced.say_all()
        self._own.say_all()

    def _tell_here(self, room_id: int, marks: Marks) -> None:
        self._inboxes.tell_marks(room_id, marks)
        if self._hub.has_listeners(room_id):
            reads = [MemberRead(room_id=room_id, member_id=who, seq=seq) for who, seq in marks.items()]
            self._hub.tell_places(room_id, [encode(read) for read in reads])

    def _publish(self, room_id: int, marks: Marks) -> None:
        self._relay.publish(Notice(room_id=room_id, kind="reads", marks=dict(marks)))

    def _publish_own(self, room_id: int, marks: Marks) -> None:
        notice = Notice(room_id=room_id, kind="reads", marks=dict(marks), are_for_members_alone=True)
        self._relay.publish(notice)


def _later(seconds: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, call)
