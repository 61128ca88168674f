"""What a member wants to be told of: a level for each room, and keywords of their own. The same on all devices.

Whether a message has one of the keywords is found out where it is heard: by the page.
"""

from collections.abc import Sequence
from typing import Literal

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.text import composed, has_something_visible, is_encodable
from chatproject.transactions import in_one_transaction
from messaging.models import Keyword
from rooms.models import Participant
from rooms.selectors import require_participant

KEYWORDS_MAX = 20  # of one member
KEYWORD_LENGTHS = range(2, 21)  # characters

Level = Literal["all", "mentions", "none"]


def keywords_of(*, member_id: int) -> list[str]:
    """In the order in which they were added."""
    return list(Keyword.objects.filter(member_id=member_id).order_by("pk").values_list("word", flat=True))


def set_keywords(*, member_id: int, words: Sequence[str]) -> list[str]:
    """Let these be the member's keywords, and return them as they are kept. Raises InvalidInput."""
    _replace(member_id, _clean(words))
    return keywords_of(member_id=member_id)


@in_one_transaction
def _replace(member_id: int, words: list[str]) -> None:
    present = Keyword.objects.filter(member_id=member_id)
    known = set(present.values_list("word", flat=True))
    present.filter(word__in=known - set(words)).delete()
    new = [Keyword(member_id=member_id, word=word) for word in words if word not in known]
    Keyword.objects.bulk_create(new, ignore_conflicts=True)  # another device adds it just now


def _clean(words: Sequence[str]) -> list[str]:
    """Composed, without spaces around them; of two that differ in case only the first."""
    cleaned: dict[str, str] = {}
    for word in words:
        if not is_encodable(word) or "\0" in word:
            raise InvalidInput(_("A keyword holds a character that nobody writes."))
        word = composed(word.strip())
        if len(word) not in KEYWORD_LENGTHS or not has_something_visible(word):
            raise InvalidInput(_("A keyword has 2 to 20 characters."))
        cleaned.setdefault(word.casefold(), word)
    if len(cleaned) > KEYWORDS_MAX:
        raise InvalidInput(_("There can be at most 20 keywords."))
    return list(cleaned.values())


def set_level(*, room_id: int, member_id: int, level: Level) -> None:
    """What the member is told of in that room. Raises RoomNotFound, NotInRoom."""
    place = require_participant(room_id=room_id, member_id=member_id)
    Participant.objects.filter(pk=place.pk).update(notify=level)  # never an upsert: they may have left meanwhile
