"""Who is notified of a message, once it is decided: written down, so that another try tells nobody else.

And who was looking just then: they are looked at again. Writes only.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chatproject.outgoing.composing import Row
from chatproject.outgoing.models import OutgoingEvent
from chatproject.outgoing.recording import Event, record_for
from chatproject.transactions import in_one_transaction
from messaging.models import SecondLook
from rooms.models import Room

MEMBERS_MOST = 500  # named by one event
LOOK_AGAIN_AFTER = timedelta(seconds=30)
LOOKS_AT_ONCE = 100
FORGOTTEN_AFTER = timedelta(hours=1)  # then it is no news any more


class Decision(NamedTuple):
    """Of the event `row`, those to be told now, and those who were looking."""

    row: Row
    details: Mapping[str, Any]
    told: Sequence[int]
    later: Sequence[int]


@in_one_transaction
def write_decisions(decisions: Sequence[Decision], *, endpoint_id: int, now: datetime) -> None:
    """Of more than MEMBERS_MOST the others get events of their own, behind this one."""
    for one in sorted(decisions, key=lambda one: one.row.room_id or 0):
        if len(one.told) > MEMBERS_MOST:
            others = Decision(one.row, one.details, one.told[MEMBERS_MOST:], ())
            record_told(others, endpoint_id=endpoint_id)
    rows = [
        OutgoingEvent(pk=one.row.event_id, details=json.dumps({**one.details, "told": one.told[:MEMBERS_MOST]}))
        for one in decisions
    ]
    OutgoingEvent.objects.bulk_update(rows, ["details"])
    SecondLook.objects.bulk_create(
        SecondLook(
            endpoint_id=endpoint_id,
            room_id=one.row.room_id or 0,
            seq=one.row.seq or 0,
            due_at=now + LOOK_AGAIN_AFTER,
            details=json.dumps({**one.details, "of": part}),
        )
        for one in decisions
        for part in _parts(one.later)  # a call of everyone may be of ten thousand, and many are looked up together
    )


def record_told(decision: Decision, *, endpoint_id: int) -> None:
    """Record events of their own for those who are to be told. In the caller's transaction.

    Under the room's lock, as all events of rooms; of a room that is gone there is nothing to tell.
    """
    row, details, told, _later = decision
    if not lock(row.room_id or 0):
        return
    called = Event("mention", row.room_id, row.seq, row.version, row.member_id)
    record_for(endpoint_id, *(called._replace(details={**details, "told": part}) for part in _parts(told)))


def _parts(member_ids: Sequence[int]) -> list[list[int]]:
    return [list(member_ids[start : start + MEMBERS_MOST]) for start in range(0, len(member_ids), MEMBERS_MOST)]


def lock(room_id: int) -> bool:
    """Lock the room until the caller's transaction ends; returns whether it is there."""
    return Room.objects.select_for_update().filter(pk=room_id).first() is not None
