"""Rows of what happened, written in the transaction that they speak of. Sends nothing, and knows no rooms.

Where the row's room is locked by then, the numbers of a room's events rise in the order of their commits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from chatproject.outgoing.models import Kind, OutgoingEvent
from chatproject.outgoing.subscriptions import Subscribed, read_subscribed

ROWS_AT_ONCE = 1_000

_COLUMNS = "endpoint_id, kind, room_id, seq, version, member_id, details, created_at"
_KINDS = frozenset(Kind.values)


class Event(NamedTuple):
    """`details`: numbers and words of ours, which the body needs and nothing else says; never a member's words."""

    kind: str
    room_id: int | None = None
    seq: int | None = None
    version: int | None = None
    member_id: int | None = None
    details: Mapping[str, Any] | None = None


def record(*events: Event) -> None:
    """Have these sent to whoever subscribed to them, once the caller's transaction is committed.

    The caller holds the lock of the events' rooms.
    """
    if not events:
        return
    subscribed, now = read_subscribed(), timezone.now()
    rows = [
        OutgoingEvent(**_fields(event), endpoint_id=endpoint_id, created_at=now)
        for event in events
        for endpoint_id in subscribed.to(event.kind)
    ]
    if rows:
        OutgoingEvent.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def record_for(endpoint_id: int, *events: Event) -> None:
    """Have these sent to that endpoint. As `record`."""
    now = timezone.now()
    rows = [OutgoingEvent(**_fields(event), endpoint_id=endpoint_id, created_at=now) for event in events]
    OutgoingEvent.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _fields(event: Event) -> dict[str, Any]:
    return {**event._asdict(), "details": _written(event.details)}


def _written(details: Mapping[str, Any] | None) -> str | None:
    return json.dumps(details, separators=(",", ":")) if details else None


def inserting_messages(
    said: Iterable[tuple[int, int]], subscribed: Subscribed, *, now: datetime
) -> tuple[str, Sequence[Any]] | None:
    """As `inserting`, of events `message` by their rooms and seqs: with what their bodies need and nothing else.

    Of each batch that is stored there are as many of these as of messages, and each column costs.
    """
    endpoint_ids = subscribed.to(Kind.MESSAGE)
    if not endpoint_ids:
        return None
    told = f"'{connection.ops.adapt_datetimefield_value(now)}'"
    rows = [
        f"({endpoint_id:d}, 'message', {room_id:d}, {seq:d}, {told})"
        for room_id, seq in said
        for endpoint_id in endpoint_ids
    ]
    if not rows:
        return None
    return f"INSERT INTO chat_events (endpoint_id, kind, room_id, seq, created_at) VALUES {', '.join(rows)}", ()


def inserting(
    events: Iterable[Event], subscribed: Subscribed, *, now: datetime
) -> tuple[str, Sequence[Any]] | None:
    """The statement that records these, and its values; None where nobody subscribed to any.

    For whoever stores by hand. Numbers stand in the statement itself: a full batch has more of them than SQLite
    takes as values, and as such they would cost twice the time.
    """
    values: list[str] = []
    rows = ", ".join(_rows(events, subscribed, now, values))
    return (f"INSERT INTO chat_events ({_COLUMNS}) VALUES {rows}", values) if rows else None


def _rows(events: Iterable[Event], subscribed: Subscribed, now: datetime, values: list[str]) -> Iterator[str]:
    moment = f"'{connection.ops.adapt_datetimefield_value(now)}'"
    for kind, *numbers, details in events:
        endpoint_ids = subscribed.to(kind)
        if not endpoint_ids:
            continue
        assert kind in _KINDS
        told = ", ".join(["NULL" if number is None else f"{number:d}" for number in numbers])
        for endpoint_id in endpoint_ids:
            if details:
                values.append(_written(details) or "")
            yield f"({endpoint_id:d}, '{kind}', {told}, {'%s' if details else 'NULL'}, {moment})"
