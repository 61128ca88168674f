"""How long events are kept after they were sent or given up, and what is left of endpoints and rooms gone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from chatproject.outgoing.models import Endpoint, OutgoingEvent, RoomStream

DEAD_KEPT = timedelta(days=30)
CHUNK_EVENTS = 1_000  # deleted in one transaction
CHUNK_ROOMS = 1_000  # looked at together

State = OutgoingEvent.State


def purge(*, endpoint_ids: Collection[int], now: datetime) -> int:
    """Delete some of what has had its time, of these endpoints and of those that are no more; returns how many.

    An endpoint that was switched off loses what waits after as long as dead letters.
    """
    count = 0
    for endpoint_id in endpoint_ids:
        count += _delete_old(endpoint_id, State.DELIVERED, now - timedelta(days=settings.EVENTS_KEEP_DAYS))
        count += _delete_old(endpoint_id, State.DEAD, now - DEAD_KEPT)
    for endpoint_id in Endpoint.objects.filter(is_enabled=False).values_list("pk", flat=True):
        count += sum(_delete_old(endpoint_id, state, now - DEAD_KEPT) for state in State)
    return count + _delete_ownerless()


class ToldRooms(NamedTuple):
    """Rooms an endpoint was told of, of which no event is kept; `last_id`: look behind it, 0: at the first."""

    room_ids: Sequence[int]
    last_id: int


def told_rooms(*, endpoint_id: int, after_id: int) -> ToldRooms:
    """Some at a time. Which of them are gone others know."""
    streams = RoomStream.objects.filter(endpoint_id=endpoint_id, room_id__gt=after_id).order_by("room_id")
    told = list(streams.values_list("room_id", "last_event_id")[:CHUNK_ROOMS])
    kept = _oldest_kept(endpoint_id)
    room_ids = [room_id for room_id, last_event_id in told if kept is None or last_event_id < kept]
    return ToldRooms(room_ids, told[-1][0] if len(told) == CHUNK_ROOMS else 0)


def forget_rooms(*, endpoint_id: int, room_ids: Collection[int]) -> None:
    """How far an endpoint was told of rooms that are gone. Not where something waits or could be sent again."""
    waiting = OutgoingEvent.objects.filter(endpoint_id=endpoint_id, state=State.WAITING, room_id__in=room_ids)
    over = set(room_ids).difference(waiting.values_list("room_id", flat=True))
    streams = RoomStream.objects.filter(endpoint_id=endpoint_id, room_id__in=over)
    if (kept := _oldest_kept(endpoint_id)) is not None:
        streams = streams.filter(last_event_id__lt=kept)
    streams.delete()


def _oldest_kept(endpoint_id: int) -> int | None:
    """The lowest number of an event, in whatever state."""
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint_id).order_by("event_id")
    firsts = (events.filter(state=state).values_list("pk", flat=True).first() for state in State)
    return min((pk for pk in firsts if pk is not None), default=None)


def _delete_old(endpoint_id: int, state: str, before: datetime) -> int:
    """Among the oldest, as they lie in the index: those that happened, and were sent if ever, before then."""
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint_id, state=state)
    oldest = events.order_by("event_id").values_list("pk", "created_at", "sent_at")[:CHUNK_EVENTS]
    pks = [pk for pk, made_at, sent_at in oldest if (sent_at or made_at) < before]
    return _delete(events.filter(pk__in=pks))


def _delete_ownerless() -> int:
    """Of endpoints that were deleted. Which endpoints there are is read last: one may be made just now."""
    named = {*_endpoint_ids(OutgoingEvent), *_endpoint_ids(RoomStream)}
    gone = named - set(Endpoint.objects.values_list("pk", flat=True))
    if not gone:
        return 0
    RoomStream.objects.filter(endpoint_id__in=gone).delete()
    events = OutgoingEvent.objects.filter(endpoint_id__in=gone)
    return _delete(events.filter(pk__in=list(events.values_list("pk", flat=True)[:CHUNK_EVENTS])))


def _endpoint_ids(model: type[OutgoingEvent | RoomStream]) -> Iterable[int]:
    return model.objects.order_by("endpoint_id").values_list("endpoint_id", flat=True).distinct()


def _delete(events: QuerySet[OutgoingEvent]) -> int:
    deleted, _by_model = events.delete()
    return deleted
