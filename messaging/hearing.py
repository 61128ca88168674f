"""What a process does with what is stored here and what others tell it: each part hears what concerns it."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, partial

from chatproject.access.revoking import Revoked
from chatproject.database.replica import replica
from chatproject.limits.shared import SharedLimits
from messaging.admission import Admission, Closing
from messaging.calls import Calls
from messaging.caring import Care
from messaging.delivery.epochs import Epochs
from messaging.delivery.notices import Notice
from messaging.delivery.reads import Reads
from messaging.delivery.repair import Repair
from messaging.delivery.streams import Change, changes_by_room
from messaging.delivery.teller import Teller
from messaging.inquiry.inquiries import Inquiries
from messaging.inquiry.witness import Witness
from messaging.presence.watching import Watching
from messaging.previews.link_previews import LinkPreviews
from messaging.push.notes import Notes
from messaging.push.pushes import Pushes
from messaging.roads import Roads
from messaging.screens import Screens
from messaging.store.acts import Act
from messaging.store.database import Database
from messaging.store.drafts import Draft, Stored
from messaging.store.writer import MessageWriter
from messaging.wire.protocol import CloseCode


class Listener(Teller):
    """It tells others by the methods of Teller, and hears of them by `_hear`."""

    admission: Admission
    calls: Calls
    care: Care
    database: Database
    epochs: Epochs
    reads: Reads
    screens: Screens
    shared: SharedLimits
    watching: Watching
    writer: MessageWriter
    roads: Roads
    previews: LinkPreviews | None = None  # these two are given by whoever builds the process
    pushes: Pushes | None = None
    also_begin_anew: Sequence[Callable[[], None]] = ()  # other parts of the process that know the database
    _repair: Repair

    @cached_property
    def inquiries(self) -> Inquiries:
        """What is asked of all processes, and answered here."""

        def notes() -> Notes | None:
            return self.pushes.delivery.notes if self.pushes is not None else None

        witness = Witness(hub=self.hub, relay=self.relay, notes=notes)
        return Inquiries(relay=self.relay, answer=witness.answer)

    def store(self, entry: Draft | Act) -> "asyncio.Future[Stored]":
        """As MessageWriter.save; a link in it is looked at once it is committed, where that is wanted."""
        saved = self.writer.save(entry)
        if self.previews is not None:
            saved.add_done_callback(partial(self.previews.see, entry))
        return saved

    async def say(self, draft: Draft) -> Stored:
        """Say something in the server's own name, once for each client id.

        Raises RoomNotFound, InvalidInput, StoreUnavailable.
        """
        return await self.writer.save(draft)

    def announce(self, batch: Sequence[Stored]) -> None:
        """Tell what was committed: the writer's batches, and what others stored in a transaction of their own."""
        diary = self.hub.diary
        number = next(diary.batches)
        try:
            for room_id, by_version in changes_by_room(batch).items():
                changes = tuple(by_version.values())
                tell = self._tell_sampled if self.roads.under_way else self._tell_changes
                told = tell(room_id, changes)
                diary.note_announced(room_id, changes, number, len(batch), told)
        finally:
            self.hub.let_go()  # acknowledgements of those who do not listen
        for stored in batch:
            if stored.aside is not None:
                self.heed_hiding(stored.aside)
            if stored.noticed is not None:
                self.care.tell(stored.message.room_id, stored.noticed.source)
        if self.pushes is not None:
            self.pushes.see(batch, is_behind=self.writer.is_behind)

    def _tell_changes(self, room_id: int, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Those who listen here, then other processes; returns which."""
        self._offer(room_id, changes)
        notice = Notice(room_id=room_id, kind="changes", changes=changes, epoch=self.epochs.current)
        return self.relay.publish(notice)

    def _tell_sampled(self, room_id: int, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """The same where some of them may be sampled."""
        roads = self.roads.of(room_id, changes)
        self._offer(room_id, changes)
        publishing = self.roads.publish(room_id, roads)
        parents = self.roads.parents(publishing)
        epoch = self.epochs.current
        notice = Notice(room_id=room_id, kind="changes", changes=changes, epoch=epoch, parents=parents)
        told = self.relay.publish(notice, said=publishing.end if parents else None)
        if room_id not in self.hub.rooms:
            self.roads.leave(room_id, roads)
        return told

    def _hear_changes(self, notice: Notice) -> None:
        """Another process told of changes; some may be sampled there."""
        if notice.epoch not in ("", self.epochs.current):  # of the past, or this process is behind
            self.epochs.look_soon()
            return
        heard = self.roads.hear(notice.room_id, notice.parents) if notice.parents else ()
        self._offer(notice.room_id, notice.changes)
        for span in heard:
            span.end()

    def _offer(self, room_id: int, changes: Sequence[Change]) -> None:
        """Hand changes to the room's listeners at this process, in their order."""
        self.writer.remembered.hear(room_id, changes)
        if (audience := self.hub.rooms.get(room_id)) is not None:
            audience.deliver(audience.stream.offer(changes))
            if audience.stream.waiting:  # nearly never
                self._repair.look_after(audience)

    def _hear(self, notice: Notice) -> None:
        match notice.kind:
            case "changes":
                self._hear_changes(notice)
            case "epoch":
                self.epochs.look_soon()
            case "tell":
                self.hub.tell(notice.room_id, notice.text, except_member_id=notice.except_member_id)
            case "members":
                self.hub.tell_members(notice.member_ids, notice.text)
            case "screens":
                self.screens.read_anew()
            case "concerns":
                self.care.look_now()
            case "endpoints":
                self.endpoints.look_now()
            case "rules":
                self.hear_rules(notice)
            case "presence":
                self.watching.hear(notice.member_ids)
            case "reads":
                self.reads.hear(notice)
            case "roster":
                self.subscriptions.hear_roster(notice)
            case "deleted":
                self.subscriptions.close_room(notice.room_id, notice.text)
            case "revoked" | "close":
                self.admission.hear(notice)
            case "assistant":
                self.calls.hear(notice.room_id, notice.text)
            case "why":
                self.inquiries.hear(notice)

    def standing(self) -> dict[str, float]:
        """What this process holds now, for its metrics."""
        return {
            "sockets": self.hub.count_sessions(),
            "rooms_listened_to": len(self.hub.rooms),
            "messages_waiting": self.writer.waiting,
            "relay_up": self.relay.is_up,
            "limits_up": self.shared.is_up,
            "concerns_open": self.care.open_concerns,
            **self.watching.standing(),
        }

    def tell_revoked(self, revoked: Revoked) -> None:
        """A token, or a member's, was revoked: its sockets end, on every instance."""
        self.admission.tell_revoked(revoked)

    def end_sockets(self, member_id: int, code: int, reason: str) -> None:
        """Close all sockets of the member, on every instance."""
        self.admission.end_sockets(member_id, Closing(code, reason))

    def forget_presence(self, member_id: int) -> None:
        """The member was erased: nobody is told when they were here."""
        self.watching.presence.forget(member_id)

    def tell_presence(self, member_ids: Collection[int]) -> None:
        """Have those who watch these members told how it is with them, on every instance."""
        self.watching.hear(member_ids)
        self.relay.publish(Notice(room_id=0, kind="presence", member_ids=tuple(member_ids)))

    # --- another epoch of the database

    def begin_anew(self) -> None:
        """Nothing holds that this process knows of the database: forget it, and have everybody come back."""
        self.writer.begin_anew()
        self.database.connect_anew()
        replica.look_at_anew()
        self.screens.read_anew()
        self.care.look_now()
        self.endpoints.look_now()
        self.calls.begin_anew()
        self.hub.diary.begin_anew()
        for session in list(self.hub.everyone()):
            if session.sink.farewell is not None and not session.is_v1:
                session.push_text(session.sink.farewell)
            session.close(CloseCode.SERVICE_RESTART, "restart")
            for room_id in self.hub.remove(session):  # at once: who comes back meanwhile must not find its streams
                self.relay.leave(room_id)
        for begin in self.also_begin_anew:
            begin()

    def tell_epoch(self) -> None:
        """Have every process look: another one began."""
        self.relay.publish(Notice(room_id=0, kind="epoch"))
