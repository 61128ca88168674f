"""What delivery is missing is read from the database: gaps in a room's stream, and memberships that changed.

The layer between processes may lose, repeat and reorder; this makes its losses invisible. A gap, and a roster that
is behind, are given a moment to close by themselves: only the notice knows whether somebody left or was removed. A
sweep every few seconds finds what nobody here has heard of at all.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from chatproject.errors import StoreUnavailable
from messaging.delivery.audience import RoomAudience
from messaging.delivery.epochs import Epochs
from messaging.delivery.hub import Hub
from messaging.delivery.inboxes import Inboxes
from messaging.delivery.keeping import Keeping
from messaging.delivery.notices import deletion
from messaging.delivery.sessions import Session
from messaging.delivery.streams import change_of
from messaging.metrics import Metrics
from messaging.store.database import Database
from messaging.store.selectors import RoomState, changes_since, room_states, roster_check
from messaging.store.standings import places_gone
from messaging.wire.protocol import CloseCode, Removed, encode
from rooms.deleted_rooms import deletions_of
from rooms.selectors import members_gone
from rooms.services import move_rosters

logger = logging.getLogger(__name__)

GAP_GRACE_S = 0.05  # notices overtake each other, and follow their commit, by less
SWEEP_INTERVAL_S = 3.0
AWAY_INTERVAL_S = 0.5  # whoever took over may lack what the one before had told
ROWS_PER_QUERY = 1_000
PLACES_PER_SWEEP = 500  # ten thousand are through in a minute
REPAIRS_AT_ONCE = 4  # so that a sweep after an outage leaves the readers to the clients


class Repair:
    """Keeps the streams of the hub's rooms whole. `let_go` ends a session's subscription and tells it so,
    `close_room` those of all who listen to a room that is gone."""

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        let_go: Callable[[Session, int, bytes], None],
        close_room: Callable[[int, bytes], None],
        metrics: Metrics,
        is_layer_up: Callable[[], bool],
        keeping: Keeping,
        inboxes: Inboxes,
        epochs: Epochs,
    ) -> None:
        self._database, self._hub, self._keeping, self._inboxes = database, hub, keeping, inboxes
        self._epochs = epochs
        self._let_go, self._close_room = let_go, close_room
        self._metrics, self._is_layer_up = metrics, is_layer_up
        self._repairs: dict[RoomAudience, asyncio.Task[None]] = {}  # a room may have got another since
        self._turns = asyncio.Semaphore(REPAIRS_AT_ONCE)
        self._sweep_now = asyncio.Event()
        self._places: Iterator[tuple[int, int]] = iter(())  # that are still to be looked for
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep_forever(), name="sweeper")

    async def stop(self) -> None:
        tasks = [*self._repairs.values(), *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def sweep_soon(self) -> None:
        """Sweep now: the layer was away, so anything may be missing."""
        self._sweep_now.set()

    def look_after(self, audience: RoomAudience, *, known: RoomState | None = None) -> None:
        """Repair the room if its stream waits for something, or is behind `known` and stays so."""
        if not _needs_repair(audience, known):
            return
        under_way = self._repairs.get(audience)
        if under_way is None:
            repair = asyncio.create_task(self._repair(audience, known), name=f"repair-{audience.room_id}")
            self._repairs[audience] = repair
            self._metrics.gaps.inc()
        elif known is not None:  # of which that repair knows nothing
            under_way.add_done_callback(partial(self._look_again, audience, known))

    def _look_again(self, audience: RoomAudience, known: RoomState, repair: "asyncio.Task[None]") -> None:
        if not repair.cancelled():
            self.look_after(audience, known=known)

    async def _repair(self, audience: RoomAudience, known: RoomState | None) -> None:
        stream = audience.stream
        try:
            while _needs_repair(audience, known) and self._hub.rooms.get(audience.room_id) is audience:
                if self._is_layer_up():  # else nothing is on its way that could close the gap
                    await asyncio.sleep(GAP_GRACE_S)
                if stream.lacks_roster or (known and stream.roster_version < known.roster_version):
                    async with self._turns:
                        await self._check_roster(audience)
                elif _needs_repair(audience, known):
                    async with self._turns:
                        await self._catch_up(audience)
        except StoreUnavailable:
            logger.warning("room %d stays incomplete until the store is back", audience.room_id)
        except Exception:
            logger.exception("repairing room %d failed; the next sweep tries again", audience.room_id)
        finally:  # here and now: a gap that opens before the loop has seen this task end needs another
            del self._repairs[audience]

    async def _catch_up(self, audience: RoomAudience) -> None:
        since = audience.stream.version
        assert since is not None
        missed = await self._database.run(changes_since, room_id=audience.room_id, since=since)
        if missed is None:
            await self._close(audience.room_id)
            return
        if missed.roster_version > audience.stream.roster_version:
            await self._check_roster(audience)  # or who left while we were deaf would hear what was said since
        changes = [change_of(message, roster_version=missed.roster_version) for message in missed.messages]
        audience.deliver(audience.stream.catch_up(changes, version=missed.version))
        self._metrics.repairs.inc()

    async def _check_roster(self, audience: RoomAudience) -> None:
        """Let go of listeners who are no members any more, then let out what was held back for that."""
        check, asked = None, set[int]()
        while check is None or not audience.member_ids() <= asked:  # others may subscribe while we ask
            asked = audience.member_ids()
            check = await self._database.run(roster_check, room_id=audience.room_id, member_ids=asked)
            if check is None:
                await self._close(audience.room_id)
                return
        removal = encode(Removed(room_id=audience.room_id, reason="removed"))
        gone = asked - check.member_ids
        for session in self._hub.sessions_in(audience.room_id, gone, found_before=check.roster_version + 1):
            self._let_go(session, audience.room_id, removal)
        audience.deliver(audience.stream.check_roster(check.roster_version))
        self._keeping.tell_soon(audience.room_id)  # its roster moved, perhaps with how it is kept

    async def _close(self, room_id: int) -> None:
        deletions = await self._database.run(deletions_of, room_ids=[room_id])
        self._close_room(room_id, deletion(room_id, deletions.get(room_id)))

    # --- the sweep

    async def _sweep_forever(self) -> None:
        rest_s = SWEEP_INTERVAL_S
        while True:
            try:
                async with asyncio.timeout(rest_s):
                    await self._sweep_now.wait()
            except TimeoutError:
                pass
            rest_s = SWEEP_INTERVAL_S
            was_away = self._sweep_now.is_set()
            self._sweep_now.clear()
            self._metrics.sweeps.inc()
            try:
                await self._sweep(was_away=was_away)
            except StoreUnavailable:
                logger.warning("no sweep: the store is not reachable")
                rest_s = min(rest_s, AWAY_INTERVAL_S)
            except Exception:
                logger.exception("the sweep failed")

    async def _sweep(self, *, was_away: bool = False) -> None:
        """Compare what has listeners here with the database: one query for a thousand members or rooms."""
        await self._epochs.look()  # in another one nobody listens any more
        listening = list({one.member_id for one in self._hub.everyone() if one.rooms or one.inbox})
        for start in range(0, len(listening), ROWS_PER_QUERY):
            chunk = listening[start : start + ROWS_PER_QUERY]
            for member_id in await self._database.run(members_gone, member_ids=chunk):
                await self._see_off(member_id)
        await self._sweep_places()
        await self._inboxes.sweep(all_places=was_away)
        await self._sweep_rooms()
        self._keeping.tell_owed()

    async def _see_off(self, member_id: int) -> None:
        """The main server deleted a member, and the database their places. The roster tells other processes."""
        sessions = self._hub.sessions_of(member_id)
        room_ids = {room_id for one in sessions for room_id in (*one.rooms, *(one.inbox or ()))}
        for session in list(sessions):
            session.close(CloseCode.SHUT_OUT, "no member any more")
        await self._database.run(move_rosters, room_ids=room_ids)

    async def _sweep_places(self) -> None:
        """The main server deleted places themselves: no roster moved, so some are looked for in each sweep."""
        pairs = list(islice(self._places, PLACES_PER_SWEEP))
        if len(pairs) < PLACES_PER_SWEEP:
            self._places = self._all_places()
        gone = await self._database.run(places_gone, pairs) if pairs else ()
        room_ids = {room_id for room_id, member_id in gone if self._listens(room_id, member_id)}
        if room_ids:
            await self._database.run(move_rosters, room_ids=room_ids)

    def _all_places(self) -> Iterator[tuple[int, int]]:
        """Of those who listen here, by room."""
        for audience in list(self._hub.rooms.values()):
            yield from {(audience.room_id, session.member_id) for session in audience.members()}

    def _listens(self, room_id: int, member_id: int) -> bool:
        """Still: who left meanwhile has no place either."""
        return any(room_id in session.rooms for session in self._hub.sessions_of(member_id))

    async def _sweep_rooms(self) -> None:
        started = [audience for audience in self._hub.rooms.values() if audience.stream.version is not None]
        room_ids = [audience.room_id for audience in started]  # of rooms that were there: one not found is gone
        for start in range(0, len(room_ids), ROWS_PER_QUERY):
            chunk = room_ids[start : start + ROWS_PER_QUERY]
            reached = self._epochs.reached(chunk)
            states = await self._database.run(room_states, room_ids=chunk)
            self._epochs.compare(reached, states)
            for room_id in chunk:
                audience = self._hub.rooms.get(room_id)
                if audience is None or audience.stream.version is None:
                    continue
                if room_id in states:
                    self.look_after(audience, known=states[room_id])
                else:
                    await self._close(room_id)


def _needs_repair(audience: RoomAudience, known: RoomState | None) -> bool:
    stream = audience.stream
    if stream.version is None:
        return False
    if stream.lacks_changes or stream.lacks_roster:
        return True
    return known is not None and (stream.version < known.version or stream.roster_version < known.roster_version)
