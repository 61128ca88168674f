"""What inboxes are told beside what is said: how far their member has read, and how a room stands as a whole."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

import msgspec

from chatproject.errors import StoreUnavailable
from messaging.delivery.hub import Hub
from messaging.delivery.pacing import Marks
from messaging.delivery.sessions import Session
from messaging.store.database import Database
from messaging.store.inbox_reads import Pair, whole_news
from messaging.wire.protocol import InboxNews, encode

logger = logging.getLogger(__name__)

PAIRS_PER_READ = 500


class InboxTeller:
    """What has to be read for it is read together, one read at a time; while the database is away it is owed."""

    def __init__(self, *, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._marks: set[Pair] = set()
        self._whole: dict[Pair, set[Session]] = {}
        self._said_by: dict[Pair, tuple[int, Session]] = {}  # until the mark is told, which is soon
        self._reading: asyncio.Task[None] | None = None

    def tell_whole(self, session: Session, room_id: int) -> None:
        """Tell the session how the room stands, and its newest message: it may have missed something."""
        self._whole.setdefault((room_id, session.member_id), set()).add(session)
        self.tell_owed()

    def heed_mark(self, session: Session, room_id: int, seq: int) -> None:
        """The session is about to have that mark told, and knows it itself."""
        if session.inbox is not None:
            self._said_by[room_id, session.member_id] = (seq, session)

    def tell_marks(self, room_id: int, marks: Marks) -> None:
        """Tell the members' own inboxes; where messages are left unread, what mentions them there is counted."""
        audience = self._hub.rooms.get(room_id)
        last_seq = 0 if audience is None else audience.stream.last_seq
        for member_id, seq in marks.items():
            said = self._said_by.pop((room_id, member_id), None)
            sessions = self._inboxes_of(member_id, room_id)
            if sessions and seq < last_seq:
                self._marks.add((room_id, member_id))
            elif sessions:
                news = InboxNews(room_id=room_id, last_seq=max(seq, last_seq), read_seq=seq)
                self._push(news, [one for one in sessions if said != (seq, one)])
        if self._marks:
            self.tell_owed()

    def tell_owed(self) -> None:
        """Read what is owed and tell it, unless that is under way."""
        if (self._marks or self._whole) and self._reading is None:
            self._reading = asyncio.create_task(self._tell_all(), name="inbox-teller")

    async def stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _tell_all(self) -> None:
        try:
            while self._marks or self._whole:
                await self._tell_some()
        except StoreUnavailable:
            logger.warning("inboxes are told when the store is back")
        except Exception:
            logger.exception("telling inboxes failed")
        finally:
            self._reading = None

    async def _tell_some(self) -> None:
        marks = {self._marks.pop() for _one in range(min(PAIRS_PER_READ, len(self._marks)))}
        whole = dict(self._whole.popitem() for _one in range(min(PAIRS_PER_READ, len(self._whole))))
        rooms = {room_id for room_id, _member_id in whole}
        try:
            found = await self._database.run(whole_news, pairs={*marks, *whole}, with_messages=rooms)
        except StoreUnavailable:
            self._owe(marks, whole)
            raise
        for pair, news in found.items():
            self._hand_out(pair, news, whole.get(pair, set()), is_mark=pair in marks)

    def _owe(self, marks: Iterable[Pair], whole: Mapping[Pair, set[Session]]) -> None:
        """Of those alone who are still here: it may be long."""
        self._marks.update((room_id, who) for room_id, who in marks if self._inboxes_of(who, room_id))
        for (room_id, member_id), sessions in whole.items():
            if there := {one for one in sessions if one.hears_by_inbox(room_id)}:
                self._whole.setdefault((room_id, member_id), set()).update(there)

    def _hand_out(self, pair: Pair, news: InboxNews, whole: set[Session], *, is_mark: bool) -> None:
        room_id, member_id = pair
        inboxes = self._inboxes_of(member_id, room_id)
        told_whole = [one for one in inboxes if one in whole and room_id not in one.rooms]
        self._push(news, told_whole)
        if is_mark:
            self._push(
                msgspec.structs.replace(news, messages=()), [one for one in inboxes if one not in told_whole]
            )

    def _inboxes_of(self, member_id: int, room_id: int) -> list[Session]:
        return [one for one in self._hub.sessions_of(member_id) if one.hears_by_inbox(room_id)]

    def _push(self, news: InboxNews, sessions: list[Session]) -> None:
        if not sessions:
            return
        text = encode(news)
        for session in sessions:
            session.push_text(text)
        self._hub.sent["inbox"] += len(sessions)
