"""Who sends to which endpoint: one process each, for as long as its lease lasts by the database's clock.

A process that dies leaves its leases to the others, 20 s later at most. Nothing is sent on a lease that could end
before the answer comes, so two never send to one endpoint.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from chatproject.database_clock import database_now
from chatproject.outgoing.composing import Target
from chatproject.outgoing.models import Endpoint, EndpointSecret, EndpointState
from chatproject.outgoing.outcomes import Health
from chatproject.transactions import in_one_transaction

LEASE_S = 20.0
RENEW_INTERVAL_S = 3.0  # a lease outlives a database that is away for half a minute's third


class Held(NamedTuple):
    """An endpoint that is this process's to send to. `is_new`: it was not all the time since it was asked last."""

    target: Target
    health: Health
    is_new: bool


def take_leases(*, holder: str, held_ids: Collection[int], lease_s: float = LEASE_S) -> list[Held]:
    """Renew the leases of `held_ids` and take those that nobody has. What is not in the result is not ours.

    An endpoint without a secret is nobody's: what is not signed is not sent.
    """
    targets = _targets(database_now())
    return _take(targets, holder, held_ids, timedelta(seconds=lease_s)) if targets else []


@in_one_transaction
def _take(targets: Mapping[int, Target], holder: str, held_ids: Collection[int], lease: timedelta) -> list[Held]:
    known = EndpointState.objects.filter(pk__in=targets).values_list("pk", flat=True)
    if missing := targets.keys() - set(known):
        EndpointState.objects.bulk_create(map(EndpointState, sorted(missing)), ignore_conflicts=True)
    states = list(EndpointState.objects.select_for_update().filter(pk__in=targets).order_by("pk"))
    now = database_now()  # behind the locks, which may have been waited for
    held = []
    for state in states:
        is_ours = state.holder == holder and state.held_until is not None and state.held_until > now
        if is_ours or state.held_until is None or state.held_until <= now:
            is_new = not is_ours or state.pk not in held_ids
            held.append(Held(targets[state.pk], _health(state), is_new))
    ids = [each.target.endpoint_id for each in held]
    EndpointState.objects.filter(pk__in=ids).update(holder=holder, held_until=now + lease)
    return held


def release_leases(*, holder: str, endpoint_ids: Collection[int]) -> None:
    """Let others have them at once."""
    states = EndpointState.objects.filter(pk__in=endpoint_ids, holder=holder)
    states.update(holder="", held_until=None)


def end_endpoint(*, endpoint_id: int, holder: str, why: str) -> None:
    """Its receiver wants no more."""
    if EndpointState.objects.filter(pk=endpoint_id, holder=holder).exists():
        Endpoint.objects.filter(pk=endpoint_id).update(is_enabled=False, ended_why=why)


def _targets(now: datetime) -> dict[int, Target]:
    endpoints = Endpoint.objects.filter(is_enabled=True)
    living = EndpointSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), endpoint__in=endpoints)
    secrets: dict[int, list[str]] = {}
    for endpoint_id, secret in living.order_by("-pk").values_list("endpoint_id", "secret"):  # the newest first
        secrets.setdefault(endpoint_id, []).append(secret)
    return {
        each.pk: Target(each.pk, each.url, each.description, each.with_text, tuple(secrets[each.pk]))
        for each in endpoints
        if each.pk in secrets
    }


def _health(state: EndpointState) -> Health:
    return Health(**{name: getattr(state, name) for name in Health._fields})
