"""What the member said, and where others' messages name them: some of it at a time, for the writer to take out."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from messaging.models import Mention, Message, Reaction
from messaging.personal.erasing.parts import AT_ONCE, Erased, Part, Phase, take_out
from messaging.personal.holds import keep_held


def _messages(member_id: int) -> QuerySet[Message]:
    return Message.objects.filter(sender_id=member_id)


def _take_messages(erased: Erased) -> Part | None:
    """What a hold covers is copied before. What the assistant answered to them goes first, whoever asked for it:
    once they are nobody's, nothing says whose words it repeats."""
    rows = _messages(erased.member_id).order_by("pk").values_list("pk", "room_id", "seq")[:AT_ONCE]
    found = list(rows)
    if not found:
        return None
    found = _answers_to([(room_id, seq) for _pk, room_id, seq in found]) or found
    keep_held(messages=[pk for pk, _room_id, _seq in found], now=erased.now)
    return Part(acts=[take_out(room_id, seq, erased, is_theirs=True) for _pk, room_id, seq in found])


def _answers_to(messages: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Those of the assistant's that say something yet, by its records: its app is not known here."""
    runs: Any = apps.get_model("assistant.AssistantRun")
    seqs: dict[int, list[int]] = defaultdict(list)
    for room_id, seq in messages:
        seqs[room_id].append(seq)
    asked = [Q(room_id=room_id, trigger_seq__in=some) for room_id, some in seqs.items()]
    answers = runs.objects.filter(Q(*asked, _connector=Q.OR)).exclude(answer_seq=None)
    there = [Q(room_id=room_id, seq=seq) for room_id, seq in answers.values_list("room_id", "answer_seq")]
    if not there:
        return []
    said = Message.objects.filter(Q(*there, _connector=Q.OR), kind=Message.Kind.ASSISTANT).exclude(contents="")
    return list(said.values_list("pk", "room_id", "seq"))


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


def there_of(messages: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these messages, each (room, seq), that have a row."""
    room_ids, seqs = {room_id for room_id, _seq in messages}, {seq for _room_id, seq in messages}
    rows = Message.objects.filter(room_id__in=room_ids, seq__in=seqs)
    return set(messages) & set(rows.values_list("room_id", "seq"))


def _delete(rows: QuerySet[Any], numbers: Sequence[int]) -> None:
    rows.filter(pk__in=numbers).delete()


MESSAGES = Phase("messages", _take_messages, lambda member_id: _messages(member_id).count())
REACTIONS = Phase("reactions", _take_reactions, lambda member_id: _reactions(member_id).count())
MENTIONS = Phase("mentions", _take_mentions, lambda member_id: _mentions(member_id).count())
