"""What staff do with endpoints and their events. Sends nothing itself: whoever holds the endpoint sees it soon."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from chatproject.outgoing.addresses import check_addresses, read_url, resolve
from chatproject.outgoing.models import Endpoint, EndpointSecret, EndpointState, Kind, OutgoingEvent
from chatproject.outgoing.signing import new_secret
from chatproject.transactions import in_one_transaction

OVERLAP = timedelta(hours=24)  # in which a receiver takes up a new secret
COUNT_MAX = 10_000  # beyond, nobody wants to know it exactly, and counting takes long
CHUNK_EVENTS = 5_000  # in one transaction

State = OutgoingEvent.State


class Standing(NamedTuple):
    """How many events wait and were given up, at most COUNT_MAX of each, and since when the oldest waits."""

    waiting: int
    oldest_created_at: datetime | None
    dead: int


def check_address(url: str) -> None:
    """Raise AddressRefused where nothing may be sent to `url`, HostUnknown where that cannot be said now.

    Asks the name servers, which may take seconds.
    """
    parts = read_url(url)
    addresses = resolve(parts.hostname or "")
    check_addresses(parts, addresses, allowed=settings.EVENTS_ALLOWED_NETWORKS, debug=settings.DEBUG)


def make_secret(*, endpoint_id: int, now: datetime) -> str:
    """Another secret that events are signed with. It is shown to whoever made it, and by nobody here again."""
    secret = new_secret()
    EndpointSecret.objects.create(endpoint_id=endpoint_id, secret=secret, made_at=now)
    return secret


@in_one_transaction
def rotate_secret(*, endpoint_id: int, now: datetime, overlap: timedelta = OVERLAP) -> str:
    """A new secret; the others sign until `overlap` is over, with none until now only."""
    Endpoint.objects.select_for_update().get(pk=endpoint_id)
    older = EndpointSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now + overlap), endpoint_id=endpoint_id)
    older.update(ends_at=now + overlap)
    return make_secret(endpoint_id=endpoint_id, now=now)


@in_one_transaction
def send_test(*, endpoint_id: int, now: datetime) -> int:
    """Returns the number of the test event. It goes before all that waits."""
    event = OutgoingEvent.objects.create(endpoint_id=endpoint_id, kind=Kind.TEST, created_at=now)
    EndpointState.objects.update_or_create(endpoint_id=endpoint_id, defaults={"test_id": event.pk})
    return event.pk


def send_again(*, endpoint_id: int, event_ids: Sequence[int] | None = None) -> int:
    """Have dead letters wait again, these or all; returns how many. Each is what it was, by number and name."""
    dead = OutgoingEvent.objects.filter(endpoint_id=endpoint_id, state=State.DEAD)
    if event_ids is None:
        return _wait_again(dead)
    starts = range(0, len(event_ids), CHUNK_EVENTS)
    return sum(_wait_again(dead.filter(pk__in=event_ids[start : start + CHUNK_EVENTS])) for start in starts)


def replay(*, endpoint_id: int, since: datetime) -> int:
    """Have what happened since then wait again, delivered or given up; returns how many.

    What ended without a request stays so: nobody was to be told. So do tests.
    """
    told = Q(state=State.DEAD) | Q(state=State.DELIVERED, last_status__isnull=False)
    events = OutgoingEvent.objects.filter(told, endpoint_id=endpoint_id, created_at__gte=since)
    return _wait_again(events.exclude(kind=Kind.TEST))


@in_one_transaction
def end_endpoint(*, endpoint_id: int, why: str = "") -> None:
    """No events for it are written or sent from now on. Those that wait stay for a while."""
    Endpoint.objects.filter(pk=endpoint_id).update(is_enabled=False, ended_why=why)


@in_one_transaction
def enable_endpoint(*, endpoint_id: int) -> None:
    """Send to it, what still waits too, whatever failed before."""
    Endpoint.objects.filter(pk=endpoint_id).update(is_enabled=True, ended_why="")
    state = EndpointState.objects.filter(pk=endpoint_id)
    state.update(failures=0, failing_since=None, retry_at=None, last_error="")
    _put_first(OutgoingEvent.objects.filter(endpoint_id=endpoint_id, state=State.WAITING, attempts__gt=0))


def standing_of(endpoint_ids: Iterable[int]) -> dict[int, Standing]:
    return {endpoint_id: _standing(endpoint_id) for endpoint_id in endpoint_ids}


def _standing(endpoint_id: int) -> Standing:
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint_id)
    waiting, dead = events.filter(state=State.WAITING), events.filter(state=State.DEAD)
    oldest = waiting.order_by("event_id").values_list("created_at", flat=True).first()
    return Standing(_count(waiting), oldest, _count(dead))


def _count(events: QuerySet[OutgoingEvent]) -> int:
    return events[:COUNT_MAX].count()


def _put_first(events: QuerySet[OutgoingEvent]) -> None:
    """Have the heads of rooms tried at once. By their numbers, so that no row is locked but theirs."""
    tried = list(events.values_list("pk", flat=True))
    for start in range(0, len(tried), CHUNK_EVENTS):
        late = OutgoingEvent.objects.filter(pk__in=tried[start : start + CHUNK_EVENTS], state=State.WAITING)
        late.update(attempts=0, due_at=None)


def _wait_again(events: QuerySet[OutgoingEvent, Any]) -> int:
    """In chunks, so that a day's events are no transaction of minutes; what was before counts no more."""
    count = last_id = 0
    while ids := list(events.filter(pk__gt=last_id).order_by("pk").values_list("pk", flat=True)[:CHUNK_EVENTS]):
        last_id = ids[-1]
        again = OutgoingEvent.objects.filter(pk__in=ids).exclude(state=State.WAITING)
        count += again.update(state=State.WAITING, attempts=0, due_at=None, sent_at=None, last_error="")
    return count
