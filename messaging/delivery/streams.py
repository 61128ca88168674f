"""The order of one room in this process. Pure: a change is offered, what may go out now comes back.

Two numbers decide. A change goes out when its `version` follows the last one that went out, so that every
listener hears the changes of a room in their order, none twice. And it goes out only when the listeners were
checked against the membership it was stored under (`roster_version`), so that nobody hears what was said after
they left.
"""

from collections.abc import Iterable, Sequence

import msgspec

from messaging.store.drafts import Stored
from messaging.wire.protocol import MessageObject, encode, message_frame

WAITING_MAX = 2_000  # changes ahead of a gap; beyond that they are dropped and read again from the database


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One change of a room: the message that it left. On the channel layer it is an array of plain values."""

    version: int
    roster_version: int
    seq: int
    message: bytes  # the message object's JSON


class Telling(msgspec.Struct, frozen=True, gc=False):
    """A change that goes out."""

    version: int
    is_message: bool  # heard for the first time, so v1 clients hear it too; any other change is v2 only
    text: bytes  # the frame's JSON
    seq: int
    message: bytes  # the message object's JSON


class RoomStream:
    """`version` is None until `start`: changes that come before it wait."""

    def __init__(self) -> None:
        self.version: int | None = None  # the last version that went out
        self.last_seq = 0  # the newest message that went out, or that was there at the start
        self._unheard: set[int] = set()  # older ones that did not, since they had changed beyond their gap
        self.roster_version = 0  # the membership that the listeners were checked against
        self.started_at = 0  # the version it started with; what came before never went out from here
        self.waiting: dict[int, Change] = {}  # by version; without any the stream lacks nothing

    def start(self, *, version: int, roster_version: int, last_seq: int) -> list[Telling]:
        """Begin after `version`, with so many messages, as the database has it. Nothing when started already."""
        if self.version is None:
            self.version = self.started_at = version
            self.last_seq = last_seq
            self.roster_version = roster_version
            self._forget_old()
        return self._take_ready()

    def offer(self, changes: Iterable[Change]) -> list[Telling]:
        """Take changes in, in any order, known ones too; return what may go out now, in order."""
        for change in changes:
            if self.version is None or change.version > self.version:
                self.waiting[change.version] = change
        if len(self.waiting) > WAITING_MAX:
            self.waiting.clear()
        return self._take_ready()

    def catch_up(self, changes: Iterable[Change], *, version: int) -> list[Telling]:
        """Take the room's changes up to `version` from the database; return what may go out now, in order.

        An edited message stands there under its newest version only, so that versions may be missing between
        `changes`: they are closed by this call. Does nothing where one of them was read under a membership that
        the listeners were not checked against.
        """
        if self.version is None or version <= self.version:
            return self._take_ready()
        missed = [change for change in changes if self.version < change.version <= version]
        if any(change.roster_version > self.roster_version for change in missed):
            return self._take_ready()
        self.version = version
        self._forget_old()
        return [*map(self._let_out, missed), *self._take_ready()]

    def check_roster(self, roster_version: int) -> list[Telling]:
        """The listeners were checked against `roster_version`; return what was held back for that."""
        self.roster_version = max(self.roster_version, roster_version)
        return self._take_ready()

    @property
    def lacks_roster(self) -> bool:
        """The next change is here, stored under a membership that the listeners were not checked against."""
        change = self._next()
        return change is not None and change.roster_version > self.roster_version

    @property
    def lacks_changes(self) -> bool:
        """Later changes are here, the next one is not."""
        return self.version is not None and bool(self.waiting) and self._next() is None

    def _next(self) -> Change | None:
        return None if self.version is None else self.waiting.get(self.version + 1)

    def _take_ready(self) -> list[Telling]:
        ready: list[Telling] = []
        if self.version is None:
            return ready
        while (change := self.waiting.get(self.version + 1)) and change.roster_version <= self.roster_version:
            del self.waiting[change.version]
            self.version = change.version
            ready.append(self._let_out(change))
        return ready

    def _let_out(self, change: Change) -> Telling:
        """Whether it is news is decided here, by what went out: a message read from the database may have changed
        since it was said, and later ones may have gone out before it."""
        if change.seq > self.last_seq:
            is_new = True
            if change.seq > self.last_seq + 1:
                self._unheard.update(range(self.last_seq + 1, change.seq))
            self.last_seq = change.seq
        elif is_new := change.seq in self._unheard:
            self._unheard.discard(change.seq)
        text = message_frame(change.message, is_new=is_new)
        return Telling(change.version, is_new, text, change.seq, change.message)

    def _forget_old(self) -> None:
        assert self.version is not None
        for version in [version for version in self.waiting if version <= self.version]:
            del self.waiting[version]


def changes_by_room(batch: Sequence[Stored]) -> dict[int, dict[int, Change]]:
    """What a batch changed, by version. What many did to one message is one change."""
    by_room: dict[int, dict[int, Change]] = {}
    for stored in batch:
        for message in (*stored.also, stored.message):
            changes = by_room.setdefault(message.room_id, {})
            if message.version not in changes:
                encoded = encode(message)
                changes[message.version] = Change(message.version, stored.roster_version, message.seq, encoded)
    return by_room


def change_of(message: MessageObject, *, roster_version: int) -> Change:
    """The change that a message's present state is."""
    return Change(message.version, roster_version, message.seq, encode(message))
