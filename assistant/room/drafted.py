"""What the assistant drafted for members lately, as digests: whoever says it says what an AI wrote. No I/O.

In the memory of every process, because a member speaks at any; nothing is stored, and a restart forgets.
"""

import hashlib
import time
from collections.abc import Callable, Iterable

from assistant.room.progress import Drafts, encode_words
from chatproject.text import composed

KEPT_S = 3_600.0  # whoever sends it later has it from elsewhere
KEPT_OF_MEMBER = 15  # the newest: five times as many as one may ask for at once
MEMBERS_MOST = 10_000  # some 15 MB, where each has all of them
DIGEST_BYTES = 8


def digest_of(text: str) -> bytes:
    """The same however its white space was changed on the way through a text field."""
    words = " ".join(composed(text).split())
    return hashlib.blake2b(words.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).digest()


class Drafted:
    """By member, the digests, each with the moment until which it is kept. `tell` tells all other processes."""

    def __init__(self, *, tell: Callable[[int, bytes], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._of: dict[int, dict[bytes, float]] = {}

    def give(self, texts: Iterable[str], *, room_id: int, member_id: int) -> None:
        """These were drafted for the member, in that room: every process is to know."""
        drafts = Drafts(member_id, tuple(map(digest_of, texts)))
        self.note(drafts)
        self._tell(room_id, encode_words(drafts))

    def note(self, drafts: Drafts) -> None:
        now = self._clock()
        known = self._of.pop(drafts.member_id, {})  # and back at the end: who asks least lately is forgotten first
        known |= dict.fromkeys(drafts.digests, now + KEPT_S)
        newest = sorted(known.items(), key=lambda one: one[1])[-KEPT_OF_MEMBER:]
        self._of[drafts.member_id] = dict(newest)
        while len(self._of) > MEMBERS_MOST:
            del self._of[next(iter(self._of))]

    def has(self, member_id: int, text: str) -> bool:
        """Whether that text is one of them. Nearly nobody has any."""
        known = self._of.get(member_id)
        return known is not None and known.get(digest_of(text), 0.0) > self._clock()
