"""What an erasure takes of the assistant's: what it answered the member, and what they used. As phases.

The record of the answers stays, without who asked: what they cost is counted.
"""

from collections.abc import Sequence
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from assistant.models import AssistantRun, Scope, Usage
from messaging.models import Message
from messaging.personal.erasing.parts import AT_ONCE, Erased, Part, Phase, take_out
from messaging.personal.erasing.progress import counted
from messaging.personal.holds import keep_held


def _runs(member_id: int) -> QuerySet[AssistantRun]:
    return AssistantRun.objects.filter(asker_id=member_id)


def _stop(erased: Erased) -> Part | None:
    """An answer under way is stopped, or comes to its end: what it says then is taken out with the others. Also
    one to what they said for which somebody else asked."""
    theirs = Message.objects.filter(room=OuterRef("room"), seq=OuterRef("trigger_seq"), sender=erased.member_id)
    under_way = AssistantRun.objects.filter(state__in=AssistantRun.UNDER_WAY)
    under_way = under_way.filter(Q(asker=erased.member_id) | Q(Exists(theirs)))
    if not under_way.exists():
        return None
    under_way.filter(stop_requested=False).update(stop_requested=True)
    return Part(waits=True)


def _answers(member_id: int) -> QuerySet[AssistantRun]:
    return _runs(member_id).exclude(answer_seq=None)


def _take_answers(erased: Erased) -> Part | None:
    runs = list(_answers(erased.member_id).values_list("pk", "room_id", "answer_seq")[:AT_ONCE])
    if not runs:
        return None
    there = [one for room_id, seq in _addresses(runs) for one in _messages(room_id, seq)]
    keep_held(messages=[pk for pk, _room_id, _seq in there], now=erased.now)
    return Part(
        acts=[take_out(room_id, seq, erased, is_theirs=True) for _pk, room_id, seq in there],
        then=partial(_forget_asker, [pk for pk, _room_id, _seq in runs]),
    )


def _addresses(runs: Sequence[tuple[str, int, int | None]]) -> list[tuple[int, int]]:
    return [(room_id, seq) for _pk, room_id, seq in runs if seq is not None]


def _messages(room_id: int, seq: int) -> QuerySet[Message, tuple[int, int, int]]:
    there = Message.objects.filter(room_id=room_id, seq=seq, kind=Message.Kind.ASSISTANT)
    return there.values_list("pk", "room_id", "seq")


def _forget_asker(run_ids: Sequence[str]) -> None:
    AssistantRun.objects.filter(pk__in=run_ids).update(asker=None)


@counted
def _take_usage(erased: Erased) -> Part | None:
    deleted, _by_model = Usage.objects.filter(scope=Scope.MEMBER, subject_id=erased.member_id).delete()
    return Part(counts={"assistant.Usage": deleted}) if deleted else None


PHASES = (
    Phase("answers under way", _stop),
    Phase("answers", _take_answers, lambda member_id: _answers(member_id).count()),
    Phase("assistant.Usage", _take_usage),
)
