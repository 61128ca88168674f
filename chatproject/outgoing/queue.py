"""What the sender reads and writes of events. Hand-written where the ORM would need a statement for each row.

The common ground of SQLite, MySQL and MariaDB; all values are parameters.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Subquery

from chatproject.outgoing.composing import Row
from chatproject.outgoing.models import EndpointState, OutgoingEvent, RoomStream
from chatproject.outgoing.outcomes import Health, Outcome
from chatproject.transactions import in_one_transaction

WAITING = OutgoingEvent.State.WAITING


class Read(NamedTuple):
    """Rows that wait, and how far the receiver was told of their rooms. `has_more`: there may be others."""

    rows: Sequence[Row]
    last_ids: Mapping[int, int]
    has_more: bool


class LeaseLost(Exception):
    """Another process sends to the endpoint by now. Nothing was written."""


@in_one_transaction
def write_outcomes(*, endpoint_id: int, holder: str, outcomes: Sequence[Outcome], health: Health) -> None:
    """Raises LeaseLost. It does no harm to write the same outcomes again."""
    state = EndpointState.objects.filter(endpoint_id=endpoint_id, holder=holder)
    if not state.update(**health._asdict()):  # which locks it: nobody takes the lease meanwhile
        raise LeaseLost
    latest = {outcome.event_id: outcome for outcome in outcomes}.values()
    passed: dict[tuple[Any, ...], list[Outcome]] = {}
    for outcome in latest:
        if outcome.state == WAITING:
            _put_off(outcome)
        else:
            alike = (outcome.state, outcome.attempts, outcome.status, outcome.error)
            passed.setdefault(alike, []).append(outcome)
    for group in passed.values():
        _pass(group)
    _move_on(endpoint_id, latest)


def read_waiting(*, endpoint_id: int, not_of_rooms: Collection[int], limit: int) -> Read:
    """The test that was asked for last, if it waits, and the oldest rows, but those of some rooms."""
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint_id, state=WAITING)
    asked_for = EndpointState.objects.filter(pk=endpoint_id).values("test_id")
    tests = _rows(events.filter(pk=Subquery(asked_for)))
    if not_of_rooms:
        events = events.exclude(room_id__in=not_of_rooms)
    oldest = _rows(events.order_by("event_id")[:limit]) if limit else []
    rows = tests + [row for row in oldest if row not in tests]
    room_ids = {row.room_id for row in rows if row.room_id is not None}
    streams = RoomStream.objects.filter(endpoint_id=endpoint_id, room_id__in=room_ids)
    return Read(rows, dict(streams.values_list("room_id", "last_event_id")), len(oldest) == limit)


def _rows(events: QuerySet[OutgoingEvent]) -> list[Row]:
    return [Row(*values) for values in events.values_list(*Row._fields)]


def _put_off(outcome: Outcome) -> None:
    OutgoingEvent.objects.filter(pk=outcome.event_id, state=WAITING).update(
        attempts=outcome.attempts,
        due_at=outcome.due_at,
        prev_id=outcome.prev_id,
        last_status=outcome.status,
        last_error=outcome.error,
    )


def _pass(group: Sequence[Outcome]) -> None:
    """Events that are done with, alike but for what came before each."""
    first = group[0]
    sent_at = max((outcome.sent_at for outcome in group if outcome.sent_at is not None), default=None)
    whens = " ".join(["WHEN %s THEN %s"] * len(group))
    query = (
        "UPDATE chat_events SET state = %s, attempts = %s, last_status = %s, last_error = %s, sent_at = %s,"
        f" due_at = NULL, prev_id = CASE event_id {whens} END"
        f" WHERE event_id IN ({', '.join(['%s'] * len(group))}) AND state = %s"
    )
    values = [
        *(first.state, first.attempts, first.status, first.error),
        connection.ops.adapt_datetimefield_value(sent_at),
        *(value for outcome in group for value in (outcome.event_id, outcome.prev_id)),
        *(outcome.event_id for outcome in group),
        WAITING,
    ]
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def _move_on(endpoint_id: int, outcomes: Iterable[Outcome]) -> None:
    """Keep how far the receiver was told of each room. One that was sent once more sets nothing back."""
    last_ids: dict[int, int] = {}
    for outcome in outcomes:
        if outcome.moves_on and outcome.room_id > 0:
            last_ids[outcome.room_id] = max(last_ids.get(outcome.room_id, 0), outcome.event_id)
    if not last_ids:
        return
    if connection.vendor == "mysql":
        on_repeat = "DUPLICATE KEY UPDATE last_event_id = GREATEST(last_event_id, VALUES(last_event_id))"
    else:
        greatest = "MAX(last_event_id, excluded.last_event_id)"
        on_repeat = f"CONFLICT (endpoint_id, room_id) DO UPDATE SET last_event_id = {greatest}"
    query = (
        "INSERT INTO chat_event_streams (endpoint_id, room_id, last_event_id)"
        f" VALUES {', '.join(['(%s, %s, %s)'] * len(last_ids))} ON {on_repeat}"
    )
    values = [value for room_id, last_id in sorted(last_ids.items()) for value in (endpoint_id, room_id, last_id)]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
