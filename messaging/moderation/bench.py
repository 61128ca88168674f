"""What a rule would have found in what was said lately, before anybody makes it. Only reads."""

from typing import NamedTuple

from django.db.models import Q

from messaging.models import Message
from messaging.moderation.matching import Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern
from messaging.moderation_models import FilterRule

LOOKED_AT_MOST = 10_000  # messages, the newest
SHOWN_MOST = 100
AROUND_CHARACTERS = 40
ROWS_AT_ONCE = 2_000


class Found(NamedTuple):
    """A hit with what stands around it, as plain text."""

    room_id: int
    seq: int
    before: str
    hit: str
    after: str


class Bench(NamedTuple):
    looked_at: int
    found_in: int  # messages
    shown: list[Found]


def try_rule(pattern: str, *, room_id: int | None) -> Bench:
    """In one room or, with None, in all; the exceptions there are hold. Raises TooShort and TooManyStars."""
    exceptions = FilterRule.objects.filter(Q(room=None) | Q(room=room_id), is_active=True, action="allow")
    allowed = [Pattern(words, is_allowed=True) for words in exceptions.values_list("pattern", flat=True)]
    matcher = Matcher({pattern: Pattern(pattern)}, allowed)
    messages = Message.objects.filter(kind=Message.Kind.MEMBER, deleted_at=None)
    if room_id is not None:
        messages = messages.filter(room_id=room_id)
    newest = messages.order_by("-pk").values_list("room_id", "seq", "contents")[:LOOKED_AT_MOST]
    looked_at, count, shown = 0, 0, list[Found]()
    for room, seq, contents in newest.iterator(ROWS_AT_ONCE):
        looked_at += 1
        text = Text(contents)
        hits = matcher.find(text)
        count += bool(hits)
        if hits and len(shown) < SHOWN_MOST:
            start, end = hits[0].span
            before, after = text.text[max(start - AROUND_CHARACTERS, 0) : start], text.text[end:]
            shown.append(Found(room, seq, before, text.text[start:end], after[:AROUND_CHARACTERS]))
    return Bench(looked_at, count, shown)
