"""Of those who were looking when they were written to: who has not read it soon after, and is away by then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from chatproject.outgoing.composing import Row
from chatproject.transactions import in_one_transaction
from messaging.events.called import Call, read_calls
from messaging.events.decisions import FORGOTTEN_AFTER, LOOKS_AT_ONCE, Decision, lock, record_told
from messaging.events.said import read_messages
from messaging.models import SecondLook


@dataclass(frozen=True, slots=True)
class Due:
    """A second look whose time has come, and who is to be notified still: None is nobody."""

    look: SecondLook
    call: Call | None


def read_due(*, endpoint_id: int, now: datetime) -> list[Due]:
    """The first of this endpoint, and those of others that were forgotten: who sent to them does no more."""
    forgotten = now - FORGOTTEN_AFTER
    due = Q(endpoint_id=endpoint_id, due_at__lte=now) | Q(due_at__lte=forgotten)
    looks = list(SecondLook.objects.filter(due).order_by("due_at")[:LOOKS_AT_ONCE])
    if not looks:
        return []
    rows = [_row(look) for look in looks if look.due_at > forgotten]
    messages = read_messages((look.room_id, look.seq) for look in looks)
    calls = {call.row.event_id: call for call in read_calls(rows, messages)}
    return [Due(look, calls.get(-look.pk)) for look in looks]


def _row(look: SecondLook) -> Row:
    """As an event without a number."""
    return Row(
        event_id=-look.pk,
        kind="mention",
        room_id=look.room_id,
        seq=look.seq,
        version=None,
        member_id=None,
        details=look.details,
        created_at=look.due_at,
        attempts=0,
        due_at=None,
        prev_id=None,
    )


def settle(due: Sequence[Due], *, looking: Collection[int]) -> None:
    """Have those notified who are not looking now. Each once, whoever else does the same just now."""
    for one in due:
        members = () if one.call is None else one.call.members
        told = [member_id for member_id in members if member_id not in looking]
        if one.call is not None and told:
            _record(one.look, Decision(one.call.row, one.call.details, told, ()))
    SecondLook.objects.filter(pk__in=[one.look.pk for one in due]).delete()


@in_one_transaction
def _record(look: SecondLook, decision: Decision) -> None:
    """The room is locked first, as everywhere; who took the row away has recorded it."""
    lock(look.room_id)
    taken, _rows = SecondLook.objects.filter(pk=look.pk).delete()
    if taken:
        record_told(decision, endpoint_id=look.endpoint_id)
