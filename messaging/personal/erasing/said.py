"""What the member said, and where others' messages name them: some of it at a time, for the writer to take out."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from messaging.models import Mention, Message, Reaction
from messaging.personal.erasing.parts import AT_ONCE, Erased, Part, Phase, take_out
from messaging.personal.holds import keep_held


def _messages(member_id: int) -> QuerySet[Message]:
    return Message.objects.filter(sender_id=member_id)


def _take_messages(erased: Erased) -> Part | None:
    """What a hold covers is copied before."""
    rows = _messages(erased.member_id).order_by("pk").values_list("pk", "room_id", "seq")[:AT_ONCE]
    found = list(rows)
    if not found:
        return None
    keep_held(messages=[pk for pk, _room_id, _seq in found], now=erased.now)
    return Part(acts=[take_out(room_id, seq, erased, is_theirs=True) for _pk, room_id, seq in found])


def _reactions(member_id: int) -> QuerySet[Reaction]:
    return Reaction.objects.filter(member_id=member_id)


def _take_reactions(erased: Erased) -> Part | None:
    rows = _reactions(erased.member_id).order_by("pk").values_list("pk", "message__room_id", "message__seq")
    return _of_others(list(rows[:AT_ONCE]), Reaction.objects.all(), erased)


def _mentions(member_id: int) -> QuerySet[Mention]:
    return Mention.objects.filter(member_id=member_id)


def _take_mentions(erased: Erased) -> Part | None:
    rows = _mentions(erased.member_id).order_by("pk").values_list("pk", "room_id", "seq")
    return _of_others(list(rows[:AT_ONCE]), Mention.objects.all(), erased)


def _of_others(found: Sequence[tuple[int, int, int]], rows: QuerySet[Any], erased: Erased) -> Part | None:
    """The rows themselves go too where their messages say nothing of them."""
    if not found:
        return None
    messages = dict.fromkeys((room_id, seq) for _pk, room_id, seq in found)
    return Part(
        acts=[take_out(room_id, seq, erased, is_theirs=False) for room_id, seq in messages],
        then=partial(_delete, rows, [pk for pk, _room_id, _seq in found]),
    )


def _delete(rows: QuerySet[Any], numbers: Sequence[int]) -> None:
    rows.filter(pk__in=numbers).delete()


MESSAGES = Phase("messages", _take_messages, lambda member_id: _messages(member_id).count())
REACTIONS = Phase("reactions", _take_reactions, lambda member_id: _reactions(member_id).count())
MENTIONS = Phase("mentions", _take_mentions, lambda member_id: _mentions(member_id).count())
