"""How a socket comes to hear of all rooms of its member by its inbox, and how that stays true.

What is said gets there as to listeners, through the streams of the rooms: so an inbox that has a room lets the
process hear of it, is checked when its roster moves, and hears what Redis lost. See `room_inbox` for what is told.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterator
from typing import Any

from chatproject.errors import StoreUnavailable, TooManyRequests
from chatproject.limits.buckets import KeyedBuckets
from messaging.delivery.audience import RoomAudience
from messaging.delivery.hub import Hub
from messaging.delivery.inbox_teller import InboxTeller
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import BEING_READ, Session
from messaging.store.database import RETRY_AFTER_S, Database
from messaging.store.inbox_reads import RoomPlace, room_places, rooms_of
from messaging.store.selectors import RoomState
from messaging.wire.client_frames import Inbox
from messaging.wire.protocol import Removed, encode
from rooms.services import move_rosters

logger = logging.getLogger(__name__)

OPENED_AT_ONCE = 4  # a thousand who come back wait here, not behind each other's reads with a deadline
PLACES_PER_SWEEP = 2_000  # 2 ms of a reader; forty thousand are through in a minute
MEMBERS_PER_READ = 100
READS_MOST = 20  # of places in rooms whose roster moves; each begins behind what was heard by then
# of a member: with a thousand rooms each is 20 ms of the process. Many devices may come back at one time
OPENINGS_PER_SECOND, OPENINGS_AT_ONCE = 0.5, 10


class Inboxes:
    """The inboxes of this process. `look_after` repairs the stream of a room where it waits for something; `doubt`
    is told of rooms whose database says less than what was heard of them."""

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        relay: Relay,
        teller: InboxTeller,
        look_after: Callable[[RoomAudience, RoomState | None], None],
        doubt: Callable[[Collection[int]], None],
    ) -> None:
        self._database, self._hub, self._relay, self._teller = database, hub, relay, teller
        self._look_after, self._doubt = look_after, doubt
        self._turns = asyncio.Semaphore(OPENED_AT_ONCE)
        self._openings = KeyedBuckets(rate=OPENINGS_PER_SECOND, burst=OPENINGS_AT_ONCE)
        self._opening: set[Session] = set()
        self._came: set[tuple[Session, int]] = set()  # into a room where it was being read whether they are in it
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn: Iterator[int] = iter(())  # of the members whose places are still to be looked for
        self._first: set[int] = set()  # those before them

    async def turn(self, session: Session, frame: Inbox) -> None:
        """Open or end the session's inbox. After the opening it is told whatever is committed from then on.

        Raises TooManyRequests, StoreUnavailable; then it has none.
        """
        if not frame.on:
            self.end(session)
        elif session.inbox is None and session.is_open:
            if wait_s := self._openings.take(session.member_id, time.monotonic()):
                raise TooManyRequests(retry_after=round(wait_s, 3))
            await self._open(session)

    async def _open(self, session: Session) -> None:
        session.inbox = {}  # before the rooms are read: what the member comes into from here on is taken in
        self._opening.add(session)
        try:
            async with self._turns:
                rooms = await self._database.run(rooms_of, member_ids=[session.member_id])
                await self._take_in(session, rooms[session.member_id])
            self._hub.diary.note_inbox(session, is_on=True)
        except BaseException:
            self.end(session)
            raise
        finally:
            self._opening.discard(session)

    def end(self, session: Session) -> None:
        """Fine where it has none."""
        if session.inbox is not None:
            self._hub.diary.note_inbox(session, is_on=False)
        for room_id in self._hub.end_inbox(session):
            self._relay.leave(room_id)

    async def _take_in(self, session: Session, room_ids: Collection[int]) -> None:
        """Have the session hear of these rooms, as far as its member is in them when that is read."""
        if (inbox := session.inbox) is None:
            return
        asked = entered = [room_id for room_id in room_ids if room_id not in inbox]
        for room_id in asked:
            self._hub.enter_inbox(session, room_id, later=_later)
        try:
            await self._relay.join(*asked)
            for _read in range(READS_MOST):
                if not asked or session.inbox is not inbox:
                    return
                places = await self._database.run(room_places, member_id=session.member_id, room_ids=asked)
                if session.inbox is inbox:  # else it ended meanwhile
                    asked = [one for one in asked if not self._settle(session, one, places.get(one))]
            self._doubt(asked)
            raise StoreUnavailable(retry_after=RETRY_AFTER_S)
        finally:
            self._came.difference_update((session, room_id) for room_id in entered)

    def _settle(self, session: Session, room_id: int, place: RoomPlace | None) -> bool:
        """Returns whether it is decided: by a place that was read after the last check of the room's roster."""
        assert session.inbox is not None
        if session.inbox.get(room_id) != BEING_READ:
            return True  # the room is gone
        if place is None:
            if (session, room_id) in self._came:
                self._came.discard((session, room_id))
                return False
            self.leave(session, room_id)
            session.push_text(encode(Removed(room_id=room_id, reason="removed")))
            return True
        audience = self._hub.rooms[room_id]
        if place.roster_version < audience.stream.roster_version:
            return False
        session.inbox[room_id] = place.roster_version
        session.find_in(room_id, place.roster_version)
        audience.deliver(audience.stream.start(**place._asdict()))
        self._look_after(audience, None)
        return True

    def leave(self, session: Session, room_id: int) -> None:
        """Its inbox has that room no more. Fine where it had not."""
        if self._hub.leave_inbox(session, room_id):
            self._relay.leave(room_id)

    def tell_whole(self, session: Session, room_id: int) -> None:
        """See InboxTeller."""
        self._teller.tell_whole(session, room_id)

    # --- rooms that a member comes into

    def come(self, member_id: int, room_id: int) -> None:
        """The member came into the room: it is in their inboxes too, which are told how it stands."""
        for session in self._hub.sessions_of(member_id):
            if session.inbox is None:
                continue
            if room_id not in session.inbox:
                self._start(self._come(session, room_id))
            elif session.inbox[room_id] == BEING_READ:
                self._came.add((session, room_id))

    async def _come(self, session: Session, room_id: int) -> None:
        try:
            await self._take_in(session, [room_id])
        except Exception as error:
            self.leave(session, room_id)
            self._first.add(session.member_id)  # the next sweep tries again
            if not isinstance(error, StoreUnavailable):
                logger.exception("room %d was not taken into an inbox", room_id)
        if session.hears_by_inbox(room_id):
            self._teller.tell_whole(session, room_id)

    def _start(self, coming: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coming, name="inbox")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._teller.stop()

    # --- what Redis lost

    async def sweep(self, *, all_places: bool) -> None:
        """Look for places that nobody told of, new ones and gone ones: of some members, or of all.

        What was said in rooms that are known, the sweep finds by their streams.
        """
        self._teller.tell_owed()
        members = list(self._members()) if all_places else self._members_in_turn()
        for start in range(0, len(members), MEMBERS_PER_READ):
            await self._sweep_members(members[start : start + MEMBERS_PER_READ])

    def _members(self) -> dict[int, None]:
        return {one.member_id: None for one in self._hub.everyone() if one.inbox is not None}

    def _members_in_turn(self) -> list[int]:
        taken, self._first = list(self._first), set()
        places = 0
        while places < PLACES_PER_SWEEP:
            if (member_id := next(self._turn, None)) is None:
                self._turn = iter(self._members())
                break
            taken.append(member_id)
            places += 1 + sum(len(one.inbox or ()) for one in self._hub.sessions_of(member_id))
        return taken

    async def _sweep_members(self, member_ids: Collection[int]) -> None:
        before = [
            (session, session.inbox, set(session.inbox))
            for member_id in member_ids
            for session in self._hub.sessions_of(member_id)
            if session.inbox is not None and session not in self._opening
        ]
        found = await self._database.run(rooms_of, member_ids=member_ids)
        gone = set()
        for session, inbox, known in before:
            rooms = found[session.member_id]
            if session.inbox is inbox:
                gone |= {one for one in known - rooms if session.hears_by_inbox(one)}
                for room_id in rooms - inbox.keys():
                    self._start(self._come(session, room_id))
        if gone:
            await self._database.run(move_rosters, room_ids=gone)  # so that every process looks, and this one soon


def _later(seconds: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, call)
