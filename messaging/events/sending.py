"""The sender of events as this application builds it, in a server and in `manage.py send_events`."""

from prometheus_client import CollectorRegistry

from chatproject.outgoing.metrics import EventMetrics
from chatproject.outgoing.sender import EventSender
from chatproject.tracing.tracer import Tracer
from messaging.events.composing import EventComposer, LookedWithin
from messaging.store.database import Database


def event_sender(
    *, database: Database, looked_within: LookedWithin, registry: CollectorRegistry, tracer: Tracer
) -> EventSender:
    """Not started."""
    composer = EventComposer(database=database, looked_within=looked_within)
    return EventSender(run=database.run, composer=composer, metrics=EventMetrics(registry), tracer=tracer)
