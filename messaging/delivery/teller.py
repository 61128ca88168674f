"""What rooms and members are told beside the log, on every process: what nobody keeps, and who came or went."""

import time
from collections.abc import Collection, Iterable

from chatproject.errors import NotInRoom
from chatproject.limits.buckets import KeyedBuckets
from chatproject.outgoing.subscriptions import Subscriptions as EventSubscriptions
from messaging.delivery.hub import Hub
from messaging.delivery.keeping import Keeping
from messaging.delivery.notices import Notice, deletion, joined_notice, left_notice
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import Session
from messaging.delivery.subscriptions import Subscriptions
from messaging.store.drafts import Aside
from messaging.store.timekeeping import Timekeeper
from messaging.wire.client_frames import Typing
from messaging.wire.protocol import MemberTyping, ServerFrame, encode
from messaging.wire.room_frames import Sanctioned
from messaging.wire.times import wire_time
from rooms.deleted_rooms import Deleted
from rooms.moderation.sanctions import Told
from rooms.services import RosterChange

TYPING_INTERVAL_S = 2.0  # clients repeat it every 3 s


def buckets_of_typing() -> KeyedBuckets:
    return KeyedBuckets(rate=1 / TYPING_INTERVAL_S, burst=1)


def sanctioned(told: Told) -> Sanctioned:
    """The frame that tells of it."""
    return Sanctioned(
        sanction_id=told.sanction_id,
        room_id=told.room_id,
        room_name=told.room_name,
        act=told.act,
        by=told.by,
        reason=told.reason,
        seq=told.seq,
        until=None if told.until is None else wire_time(told.until),
        lifted=told.lifted,
    )


class Teller:
    """Neither ordered nor replayed: what Redis loses is found by the sweep or asked for over REST."""

    hub: Hub
    relay: Relay
    subscriptions: Subscriptions
    timekeeper: Timekeeper
    keeping: Keeping
    endpoints: EventSubscriptions
    _typings: KeyedBuckets

    def tell(self, room_id: int, frame: ServerFrame, *, except_member_id: int | None = None) -> None:
        """Tell the room's listeners on every instance."""
        text = encode(frame)
        self.hub.tell(room_id, text, except_member_id=except_member_id)
        self.relay.publish(Notice(room_id=room_id, kind="tell", text=text, except_member_id=except_member_id))

    def tell_here(self, room_id: int, frame: ServerFrame) -> None:
        """Tell the room's listeners at this process only."""
        self.hub.tell(room_id, encode(frame))

    def tell_members(self, member_ids: Collection[int], frame: ServerFrame) -> None:
        """Tell these members on every socket of theirs, on every instance."""
        text = encode(frame)
        self.hub.tell_members(member_ids, text)
        self.relay.publish(Notice(room_id=0, kind="members", text=text, member_ids=tuple(member_ids)))

    def heed_hiding(self, aside: Aside) -> None:
        """Tell whose message it is, and be there at its end."""
        self.timekeeper.hear([aside.ends_at])
        self.tell_sanctions(aside.told)

    def tell_sanctions(self, told: Iterable[Told]) -> None:
        """Tell the members whom they met."""
        for one in told:
            self.tell_members([one.member_id], sanctioned(one))

    def tell_members_here(self, member_ids: Collection[int], frame: ServerFrame) -> None:
        """The same at this process only."""
        self.hub.tell_members(member_ids, encode(frame))

    def tell_care(self) -> None:
        """Have all other processes look who may need help."""
        self.relay.publish(Notice(room_id=0, kind="concerns"))

    def tell_endpoints(self) -> None:
        """Have every process look who is told of what happens."""
        self.endpoints.look_now()
        self.relay.publish(Notice(room_id=0, kind="endpoints"))

    def tell_answerers(self, room_id: int, words: bytes) -> None:
        """Tell the answerers of all other processes, whether anybody listens to the room there or not."""
        self.relay.publish(Notice(room_id=room_id, kind="assistant", text=words))

    def tell_typing(self, session: Session, frame: Typing) -> None:
        """Tell the others, at most every TYPING_INTERVAL_S. Raises NotInRoom where the session does not listen."""
        if frame.room_id not in session.rooms:
            raise NotInRoom
        if self._typings.take((session.member_id, frame.room_id), time.monotonic()):
            return  # ephemeral: what comes too often is dropped
        typing = MemberTyping(room_id=frame.room_id, member_id=session.member_id, nick_name=session.nickname)
        self.tell(frame.room_id, typing, except_member_id=session.member_id)

    def heed_writing(self, session: Session, room_id: int) -> None:
        """Who has just said something may type the next at once: with a message others see its author stop."""
        self._typings.forget((session.member_id, room_id))

    # --- who is in the room

    def tell_joined(self, change: RosterChange) -> None:
        self._tell_roster(joined_notice(change))

    def tell_left(self, change: RosterChange) -> None:
        self._tell_roster(left_notice(change))
        if change.changes_rules:
            self.tell_rules(change.room_id, change.roster_version)

    def tell_rules(self, room_id: int, roster_version: int) -> None:
        """Have every process tell its listeners how the room is kept since its roster has that version."""
        notice = Notice(room_id=room_id, kind="rules", roster_version=roster_version)
        self.hear_rules(notice)
        self.relay.publish(notice)

    def tell_deleted(self, room_id: int, deleted: Deleted) -> None:
        """The room is gone, which is committed: every process lets go of its listeners, and tells them so."""
        removal = deletion(room_id, deleted)
        self.subscriptions.close_room(room_id, removal)
        self.relay.publish(Notice(room_id=room_id, kind="deleted", text=removal))

    def hear_rules(self, notice: Notice) -> None:
        """The roster is known before it is read how the room is kept: else its listeners wait for a check."""
        self.subscriptions.hear_rules(notice)
        self.keeping.tell_soon(notice.room_id)

    def _tell_roster(self, notice: Notice) -> None:
        self.subscriptions.hear_roster(notice)
        self.relay.publish(notice)
