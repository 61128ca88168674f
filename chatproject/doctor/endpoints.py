"""The main server's endpoints: whether they can be reached, and whether events get there. Nothing is sent."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.db import DatabaseError

from chatproject.doctor.findings import Finding, broken, note, ok, warning, words_of
from chatproject.outgoing.connecting import GuardedNetwork, RefusedAddress, tls
from chatproject.outgoing.models import Endpoint, EndpointState, OutgoingEvent

CONNECT_WITHIN_S = 3.0
NOBODY_AFTER = timedelta(minutes=1)
LATE_AFTER = timedelta(minutes=10)
STATES = OutgoingEvent.State


def look_at_endpoints(now: datetime) -> Iterator[Finding]:
    try:
        states = {state.endpoint_id: state for state in EndpointState.objects.all()}
        endpoints = list(Endpoint.objects.order_by("pk"))
    except DatabaseError:  # which the database's own checks tell
        yield note("the endpoints cannot be read from the database")
        return
    for endpoint in endpoints:
        if endpoint.is_enabled:
            yield from _look_at(endpoint, states.get(endpoint.pk), now)
        elif endpoint.ended_why:
            yield warning(f"{endpoint} was switched off: {endpoint.ended_why}", "switch it on in the admin")
    if not endpoints:
        yield note("no endpoint of a main server is told of anything", "add one in the admin, if there is one")


def _look_at(endpoint: Endpoint, state: EndpointState | None, now: datetime) -> Iterator[Finding]:
    refusal = asyncio.run(_connect(endpoint.url))
    if refusal is not None:
        yield broken(f"{endpoint}: {refusal}", "see that its address is right, and reached from this machine")
    if state is not None and state.failing_since is not None:
        yield broken(
            f"{endpoint}: nothing gets through since {state.failing_since:%Y-%m-%d %H:%M} UTC"
            f" ({state.last_error or 'no reason kept'})",
            "look at the receiver's log; what waits is sent once it answers, for about 75 hours",
        )
    events = OutgoingEvent.objects.filter(endpoint_id=endpoint.pk)
    if dead := events.filter(state=STATES.DEAD).count():
        yield warning(f"{endpoint}: {dead} events were given up", "send them again in the admin, or delete them")
    waiting = events.filter(state=STATES.WAITING).order_by("event_id").first()
    is_late = waiting is not None and now - waiting.created_at > LATE_AFTER
    held_until = state.held_until if state is not None else None
    if waiting is not None and (held_until is None or now - held_until > NOBODY_AFTER):
        yield warning(
            f"{endpoint}: events wait and no process sends them",
            "start a server with SEND_EVENTS=1, or `manage.py send_events`",
        )
    elif is_late and waiting is not None:
        yield warning(f"{endpoint}: events wait since {waiting.created_at:%Y-%m-%d %H:%M} UTC")
    if refusal is None:
        yield ok(f"{endpoint} is reached")


async def _connect(url: str) -> str | None:
    """Why it is not reached; None where it is."""
    parts = urlsplit(url)
    is_plain = parts.scheme == "http"
    network = GuardedNetwork(allowed=settings.EVENTS_ALLOWED_NETWORKS, is_private=is_plain)
    host, port = parts.hostname or "", parts.port or (80 if is_plain else 443)
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            stream: Any = await network.connect_tcp(host, port, CONNECT_WITHIN_S)
            try:
                if not is_plain:
                    stream = await stream.start_tls(tls(), host, CONNECT_WITHIN_S)
            finally:
                await stream.aclose()
    except RefusedAddress:
        return "its address is private, and EVENTS_ALLOWED_NETWORKS does not name it"
    except TimeoutError:
        return f"it cannot be reached within {CONNECT_WITHIN_S:g} s"
    except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
        return f"it cannot be reached: {words_of(error)}"
    return None
