"""What inboxes are told of one room: at once while it is quiet, else together, once a second. Pure.

A list of rooms needs to know how far each is, what was said last and who was called; not each word of a busy room.
"""

from collections.abc import Callable, Sequence

import msgspec

from messaging.delivery.sessions import BEING_READ, Session
from messaging.delivery.streams import Telling
from messaging.wire.framing import Batch

TOLD_AGAIN_AFTER_S = 1.0
NEWEST_TOLD = 10  # of a second's messages; a list shows the last one, and nobody reads more notices than that
KEPT_MAX = 50  # that nobody may miss; so many do not wait for the second's end, which bounds what is kept

Later = Callable[[float, Callable[[], None]], object]


class _Marks(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Of a message object what decides whether inboxes are told."""

    edited_at: str | None = None
    deleted_at: str | None = None
    hidden_at: str | None = None
    mentions: tuple[int, ...] = ()
    everyone: bool = False


_marks = msgspec.json.Decoder(_Marks)


class RoomInbox:
    """The sockets that hear of the room by their inbox, and what is still to be told.

    All of `sessions` have the room in their `inbox`. What waits was let out by the room's stream, so each of them
    may hear it. `later` calls a function after so many seconds; `sent` counts frames.
    """

    __slots__ = ("_is_resting", "_kept", "_last_seq", "_later", "_newest", "_room_id", "_sent", "sessions")

    def __init__(self, room_id: int, *, later: Later, sent: dict[str, int]) -> None:
        self._room_id, self._later, self._sent = room_id, later, sent
        self.sessions: dict[Session, None] = {}  # a set that keeps its order
        self._newest: dict[int, Telling] = {}  # by seq
        self._kept: dict[int, Telling] = {}
        self._last_seq = 0
        self._is_resting = False

    def hear(self, changes: Sequence[Telling], *, last_seq: int) -> None:
        """These went out, in this order, and the room is as far as that."""
        self._last_seq = last_seq
        for change in changes:
            self._take(change)
            if len(self._kept) >= KEPT_MAX:
                self._say()
        if not self._is_resting and (self._newest or self._kept):
            self._rest()
            self._say()

    def _take(self, change: Telling) -> None:
        marks = _marks.decode(change.message)
        is_tombstone = marks.deleted_at is not None or marks.hidden_at is not None
        is_newest = change.seq == self._last_seq
        if marks.mentions or marks.everyone or is_tombstone:
            is_kept = True
        elif change.is_message or is_newest:
            is_kept = False
        elif marks.edited_at is not None:  # it may have mentioned somebody
            is_kept = True
        else:
            return
        self._newest.pop(change.seq, None)
        self._kept.pop(change.seq, None)
        (self._kept if is_kept else self._newest)[change.seq] = change
        if len(self._newest) > NEWEST_TOLD:
            del self._newest[min(self._newest)]

    def _rest(self) -> None:
        self._is_resting = True
        self._later(TOLD_AGAIN_AFTER_S, self._look_again)

    def _look_again(self) -> None:
        self._is_resting = False
        if self._newest or self._kept:
            self._rest()
            self._say()

    def _say(self) -> None:
        """One frame for all, encoded once."""
        told = sorted([*self._newest.values(), *self._kept.values()], key=lambda change: change.version)
        self._newest.clear()
        self._kept.clear()
        hearers = self.hearers()
        if not hearers:
            return
        batch = Batch((news_frame(self._room_id, self._last_seq, [change.message for change in told]),))
        for session in hearers:
            session.push(batch)
        self._sent["inbox"] += len(hearers)

    def hearers(self) -> list[Session]:
        """Who was found to be a member, and does not listen to the room: there it is heard in full."""
        room_id = self._room_id
        return [
            session
            for session in self.sessions
            if room_id not in session.rooms and session.inbox[room_id] != BEING_READ  # type: ignore[index]
        ]


def news_frame(room_id: int, last_seq: int, messages: Sequence[bytes]) -> bytes:
    """As `protocol.InboxNews`, of messages that are JSON already."""
    return b'{"type":"inbox","roomId":%d,"lastSeq":%d,"messages":[%b]}' % (room_id, last_seq, b",".join(messages))
