"""The same said over and over by one member. Pure but for the counts, which are kept elsewhere.

Nearly the same is the same: a text is counted by a few of its pieces, and was said as often as most of them.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable
from statistics import median_low

from messaging.moderation.normalising import Text

LETTERS_MIN = 15  # 네, 감사합니다 and laughter may be said as often as one likes
_PIECE_LETTERS = 5
_PIECES = 3  # the least by their checksums: two texts share as many of them as they have in common
_REPEATS_KNOWN_MAX = 20_000  # messages that were looked at lately

Count = Callable[[str, float], int]  # one more of this key; how many within so many seconds


def pieces_of(text: Text) -> list[int]:
    """What to know a text by; nothing of one that is short. Of letters alone: a number more is no news."""
    letters = text.readings[-1].skeleton  # without Latin, where there is Hangul
    if len(letters) < LETTERS_MIN:
        letters = text.readings[0].skeleton
    if len(letters) < LETTERS_MIN:
        return []
    encoded = letters.encode()
    sums = {zlib.crc32(encoded[at : at + _PIECE_LETTERS]) for at in range(len(encoded) - _PIECE_LETTERS + 1)}
    return sorted(sums)[:_PIECES]


class Flood:
    """Says when a member has said something `most` times within `window_s` seconds. `most` 0: never."""

    def __init__(self, count: Count, *, most: int, window_s: float) -> None:
        self._count, self._most, self._window_s = count, most, window_s
        self.is_on = most > 0
        self._looked_at: OrderedDict[tuple[int, str], bool] = OrderedDict()

    def holds(self, member_id: int, client_id: str, text: Text) -> bool:
        """Whether it was said as often as it may be already. Counts it, once for each client id."""
        if not self.is_on:
            return False
        known = self._looked_at.get((member_id, client_id))
        if known is not None:
            return known
        counts = [self._count(f"{member_id}:{piece}", self._window_s) for piece in pieces_of(text)]
        is_held = bool(counts) and median_low(counts) > self._most
        self._looked_at[member_id, client_id] = is_held
        if len(self._looked_at) > _REPEATS_KNOWN_MAX:
            self._looked_at.popitem(last=False)
        return is_held
