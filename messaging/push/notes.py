"""What became of the last notifications of this process, for who asks why none came. Pure but for its clock."""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

NOTES_MOST = 5_000  # about 1 MB

# of `what`: looked (they looked at the chat, so it is asked again later), looks (they look still: left alone),
# none (nothing to send it to), and what came of a request: sent, gone, failed, alone, dropped


class About(NamedTuple):
    """Whom a notification is for, and of which messages of a room it tells."""

    member_id: int
    room_id: int
    seqs: tuple[int, ...]


class Note(NamedTuple):
    at: float  # seconds since 1970
    about: About
    what: str
    detail: str = ""


class Notes:
    """The newest ones."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._kept: deque[Note] = deque(maxlen=NOTES_MOST)

    def note(self, about: About, what: str, detail: str = "") -> None:
        self._kept.append(Note(self._now(), about, what, detail))

    def note_all(self, members: Collection[int], room_id: int, seqs: tuple[int, ...], what: str) -> None:
        for member_id in members:
            self.note(About(member_id, room_id, seqs), what)

    def of(self, member_id: int, room_id: int, seq: int) -> Iterable[Note]:
        """The oldest first."""
        return [
            note
            for note in self._kept
            if note.about.member_id == member_id and note.about.room_id == room_id and seq in note.about.seqs
        ]
