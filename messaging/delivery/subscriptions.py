"""How a session comes to hear a room, and how that ends: membership, replay, the switch to live."""

import asyncio
from collections.abc import Callable, Sequence

from django.utils import timezone

from chatproject.errors import NotInRoom, StoreUnavailable, TooManyRequests
from messaging.delivery.audience import RoomAudience
from messaging.delivery.comings import Coming, Comings
from messaging.delivery.epochs import Epochs
from messaging.delivery.hub import Hub
from messaging.delivery.inbox_teller import InboxTeller
from messaging.delivery.inboxes import Inboxes
from messaging.delivery.keeping import own_rules
from messaging.delivery.notices import Notice, deletion
from messaging.delivery.pacing import Marks
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import BEING_READ, Session
from messaging.store.database import RETRY_AFTER_S, Database
from messaging.store.epochs import Reached
from messaging.store.gathering import Gathered
from messaging.store.missed import Return, Told, standings_on_return
from messaging.store.remembered import Remembered
from messaging.store.selectors import RoomState, subscription_state
from messaging.store.standings import Standing
from messaging.wire.client_frames import Subscribe
from messaging.wire.framing import Batch
from messaging.wire.protocol import CloseCode, Subscribed, encode, encode_message
from rooms.selectors import require_participant

REPLAY_CHUNK_CHANGES = 50  # about 20 KiB of ordinary messages; then the socket is waited for
REPLAY_DRAIN_TIMEOUT_S = 10.0
READS_MOST = 20  # of a place in a room whose roster moves; each begins behind what was heard by then


class Subscriptions:
    """The subscriptions of this process.

    `look_after` repairs the stream of a room where it waits for something or is behind a known state; `tell_reads`
    tells those who listen here how far members of a room have read. `inboxes` are those who hear of rooms without
    listening to each.
    `remembered()` is told who listens, comes and goes. `rooms_per_session` 0 means no limit. `shown` gives the
    frame that shows a room's answer under way.
    """

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        relay: Relay,
        look_after: Callable[[RoomAudience, RoomState | None], None],
        rooms_per_session: int,
        shown: Callable[[int], bytes | None],
        tell_reads: Callable[[int, Marks], None],
        remembered: Callable[[], Remembered],
        epochs: Epochs,
        inbox_teller: InboxTeller,
    ) -> None:
        self._database, self._hub, self._relay = database, hub, relay
        self.inboxes = Inboxes(
            database=database,
            hub=hub,
            relay=relay,
            teller=inbox_teller,
            look_after=look_after,
            doubt=lambda room_ids: epochs.doubt(epochs.reached(room_ids)),
        )
        self._returns = Gathered(database, standings_on_return, lingers=True)
        self._look_after = look_after
        self._rooms_per_session, self._shown, self._remembered = rooms_per_session, shown, remembered
        self._epochs = epochs
        self._comings = Comings(
            tell=lambda coming: hub.tell_places(coming.room_id, (coming.text,)),
            tell_read=lambda coming: tell_reads(coming.room_id, {coming.member_id: coming.seq or 0}),
            later=lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call),
        )

    async def subscribe(self, session: Session, frame: Subscribe) -> None:
        """Tell the session how far the room is, replay what it missed after `since`, then let it hear the room.

        From before the version is read until the replay is out, live changes wait; so the switch neither repeats
        nor skips one. Raises RoomNotFound, NotInRoom, TooManyRequests, StoreUnavailable.
        """
        limit = self._rooms_per_session
        if limit and len(session.rooms) >= limit and frame.room_id not in session.rooms:
            raise TooManyRequests
        audience = self._hub.subscribe(session, frame.room_id)
        try:
            await self._relay.join(frame.room_id)
            since = frame.since if frame.epoch in (None, self._epochs.current) else None
            state, missed = await self._read_state(session, audience, since=since)
        except BaseException:
            self.end(session, frame.room_id)
            raise
        session.rooms[frame.room_id] = state.roster_version
        session.find_in(frame.room_id, state.roster_version)
        started = audience.stream.start(
            version=state.version, roster_version=state.roster_version, last_seq=state.last_seq
        )
        audience.deliver(started)
        self._remembered().meet(frame.room_id, session.member_id, session.nickname, state)
        self._look_after(audience, None)  # what came before the start may wait for a change or a check
        if not session.is_v1:
            self._hub.sent["answer"] += 1
            await self._replay(session, audience, self._subscribed(frame, state, missed), missed or ())
        audience.finish_joining(session, after=state.version)
        if frame.room_id in session.rooms:
            self._hub.diary.note_hearing(
                session, frame.room_id, since=frame.since, after=state.version, replayed=missed is not None
            )
        # in one turn of the loop with the line above, so that it comes before what is told from now on
        if frame.room_id in session.rooms and not session.is_v1 and (shown := self._shown(frame.room_id)):
            session.push_text(shown)
            self._hub.sent["ephemeral"] += 1

    async def _read_state(self, session: Session, audience: RoomAudience, *, since: int | None) -> Told:
        """How the member stands, not older than what the audience already started from or was checked against."""
        for _read in range(READS_MOST):
            told = await self._ask_state(Return(audience.room_id, session.member_id, since))
            if session not in audience.joining:
                raise NotInRoom  # removed while we read
            stream, reached = audience.stream, Reached(told[0].version, told[0].roster_version)
            if not Reached(stream.started_at, stream.roster_version).is_beyond(reached):
                return told
        self._epochs.doubt(self._epochs.reached([audience.room_id]))
        raise StoreUnavailable(retry_after=RETRY_AFTER_S)

    async def _ask_state(self, asked: Return) -> Told:
        """Nearly all are asked for together. A read of its own for the others, and for who is in no such room."""
        while (told := await self._returns.get(asked)) == "again":
            pass  # what is asked for meanwhile is read with it
        if told is not None:
            return told
        state = await self._database.run(subscription_state, **asked._asdict())
        return state.standing, None if state.missed is None else [encode_message(one) for one in state.missed]

    async def require_place(self, *, room_id: int, member_id: int) -> None:
        """Raises RoomNotFound, NotInRoom, StoreUnavailable."""
        if await self._returns.get(Return(room_id, member_id)) is None:
            await self._database.run(require_participant, room_id=room_id, member_id=member_id)

    async def _replay(
        self, session: Session, audience: RoomAudience, subscribed: bytes, missed: Sequence[bytes]
    ) -> None:
        """Hand over what was missed, the first of it together with what says how much that is."""
        session.push(Batch((subscribed, *missed[:REPLAY_CHUNK_CHANGES])))
        for start in range(0, len(missed), REPLAY_CHUNK_CHANGES):
            chunk = missed[start : start + REPLAY_CHUNK_CHANGES]
            if start:
                if session not in audience.joining:
                    return  # removed while the last chunk was on its way
                session.push(Batch(chunk))
            self._hub.sent["replay"] += len(chunk)
            try:
                async with asyncio.timeout(REPLAY_DRAIN_TIMEOUT_S):
                    await session.sink.drained()
            except TimeoutError:
                session.close(CloseCode.SLOW_READER, "too slow")
                return

    def end(self, session: Session, room_id: int) -> None:
        """The session does not listen to the room any more; its inbox has it. Fine where it did not listen."""
        audience = self._hub.rooms.get(room_id)
        was_joining = audience is not None and session in audience.joining  # so it was not told what waited
        if room_id in session.rooms:
            self._hub.diary.note_leaving(session, room_id)
        if self._hub.unsubscribe(session, room_id):
            self._relay.leave(room_id)
        elif was_joining and session.hears_by_inbox(room_id):
            self.inboxes.tell_whole(session, room_id)

    def let_go(self, session: Session, room_id: int, removal: bytes) -> None:
        """Have a session that may not hear of the room any more hear nothing of it, and tell it by `removal`."""
        self.inboxes.leave(session, room_id)
        self.end(session, room_id)
        if not session.is_v1:
            session.push_text(removal)
            self._hub.sent["ephemeral"] += 1

    def close_room(self, room_id: int, removal: bytes) -> None:
        """The room is gone: let go of all who hear of it here. A number is not given again.

        What it was called, and why, is for its members: who has just asked for it may be a stranger.
        """
        audience, bare = self._hub.rooms.get(room_id), deletion(room_id, None)
        for session in list(audience.everyone()) if audience is not None else ():
            self.let_go(session, room_id, bare if session.found_in(room_id) == BEING_READ else removal)

    def hear_roster(self, notice: Notice) -> None:
        """A membership changed: let go of who left; if a change before this one is missing, ask the database.

        Who is out is let go of at once, always; it is the others whom `Comings` may have wait for the news.
        """
        self._remembered().hear_roster(notice.room_id, notice.roster_version, left_member_id=notice.left_member_id)
        if notice.joined_member_id is not None:
            self._hub.tell_newcomer(notice.joined_member_id, notice.room_id, notice.text)
            self.inboxes.come(notice.joined_member_id, notice.room_id)
        audience = self._hub.rooms.get(notice.room_id)
        if audience is None:
            return
        is_news = audience.was_found_before(notice.roster_version)  # else it was told before all of them looked
        self.hear_roster_move(notice)
        if not is_news:
            return
        coming = Coming(notice.room_id, notice.member_id, notice.roster_version, notice.text, notice.joined_seq)
        self._comings.hear(coming)

    def hear_rules(self, notice: Notice) -> None:
        """Who may say what changed with the roster's version."""
        self._remembered().hear_rules(notice.room_id, notice.roster_version)
        self.hear_roster_move(notice)

    def hear_roster_move(self, notice: Notice) -> None:
        """The roster has that version now: who left hears nothing more, and what waited for it is let out."""
        audience = self._hub.rooms.get(notice.room_id)
        version = notice.roster_version
        # A stream that is not started, or knows more, needs nothing: its listeners are checked later than this.
        if audience is None or audience.stream.version is None or version <= audience.stream.roster_version:
            return
        if notice.left_member_id is not None:
            gone = self._hub.sessions_in(notice.room_id, [notice.left_member_id], found_before=version)
            for session in gone:
                self.let_go(session, notice.room_id, notice.removal)
        if version == audience.stream.roster_version + 1:
            audience.deliver(audience.stream.check_roster(version))
        else:
            self._look_after(audience, RoomState(audience.stream.version, version))

    def _subscribed(self, frame: Subscribe, state: Standing, missed: Sequence[bytes] | None) -> bytes:
        return encode(
            Subscribed(
                id=frame.id,
                room_id=frame.room_id,
                version=state.version,
                last_seq=state.last_seq,
                read_seq=state.read_seq,
                recovered=missed is not None,
                epoch=self._epochs.current,
                pinned=state.pinned_seq,
                first_seq=state.first_seq,
                **own_rules(state.own, now=timezone.now()),
            )
        )
