"""Finding group rooms among many, by parts of their names as they are typed. Reads only.

The database looks through the names of all group rooms: 10,000 take it some milliseconds, and no table has to be
kept beside them.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.hangul import pattern_of
from rooms.models import Room

QUERY_MAX_CHARACTERS = 50  # as a name has
WORDS_MAX = 5  # each is looked for in every name
ROOMS_MAX, ROOMS_DEFAULT = 50, 20  # of a page

_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")  # microseconds, and a room number that every database takes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_NO_NAME = frozenset({"Cc", "Cs"})  # categories of Unicode: controls, and halves of characters


class RoomsCursor(NamedTuple):
    """The last room of a page; behind it come rooms that changed earlier, or at that moment and are older."""

    updated_at: datetime
    room_id: int

    def __str__(self) -> str:
        return f"{(self.updated_at - _EPOCH) // timedelta(microseconds=1)}-{self.room_id}"

    @classmethod
    def of(cls, text: str) -> "RoomsCursor":
        """Raises InvalidInput where `text` is no cursor of ours."""
        if (found := _CURSOR.fullmatch(text)) is None:
            raise InvalidInput(_("after is not a cursor of this list."))
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))

    def behind(self, *, of: str = "") -> Q:
        """The condition for what is behind it; `of` is where the room is, as lookups say it."""
        same_moment = Q(**{f"{of}updated_at": self.updated_at, f"{of}room_id__lt": self.room_id})
        return Q(**{f"{of}updated_at__lt": self.updated_at}) | same_moment


def find_rooms(*, words: str, after: RoomsCursor | None, limit: int) -> tuple[list[Room], RoomsCursor | None]:
    """Group rooms whose names hold all these words, the newest change first, and the cursor of the next page.

    Without a word all of them. Raises InvalidInput beyond the limits above.
    """
    rooms = Room.objects.filter(is_group_chat=True)
    for word in _words(words):
        if _IN_NO_NAME & {unicodedata.category(one) for one in word}:
            return [], None
        rooms = rooms.filter(name__iregex=pattern_of(word))
    if after is not None:
        rooms = rooms.filter(after.behind())
    found = list(rooms.order_by("-updated_at", "-room_id")[: limit + 1])  # one more answers "is there a next?"
    page = found[:limit]
    return page, RoomsCursor(page[-1].updated_at, page[-1].room_id) if len(found) > limit else None


def _words(typed: str) -> list[str]:
    if len(typed) > QUERY_MAX_CHARACTERS:
        raise InvalidInput(_("Search for at most %(number)d characters.") % {"number": QUERY_MAX_CHARACTERS})
    words = typed.split()
    if len(words) > WORDS_MAX:
        raise InvalidInput(_("Search for at most %(number)d words.") % {"number": WORDS_MAX})
    return words
