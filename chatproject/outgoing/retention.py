"""How long events are kept after they were sent or given up, and what is left of an endpoint that was deleted."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from chatproject.outgoing.models import Endpoint, OutgoingEvent, RoomStream

DEAD_KEPT = timedelta(days=30)
CHUNK_EVENTS = 1_000  # deleted in one transaction

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
