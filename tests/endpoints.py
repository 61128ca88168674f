"""Endpoints that nobody sends to, and the events that wait for them."""

import json
from typing import Any

from chatproject.outgoing.models import Endpoint, Kind, OutgoingEvent

EVERY_KIND = tuple(kind.value for kind in Kind if kind is not Kind.TEST)


def subscribe(*kinds: str, **fields: Any) -> Endpoint:
    """An endpoint for these kinds; for all where none is named."""
    usual = {"url": "https://main.example/events", "kinds": list(kinds or EVERY_KIND)}
    return Endpoint.objects.create(**{**usual, **fields})


def waiting(*names: str, **where: Any) -> list[Any]:
    """What was recorded, in its order: these columns of it, or only one, or the kinds."""
    rows = OutgoingEvent.objects.filter(**where).order_by("pk").values_list(*(names or ("kind",)))
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def details(**where: Any) -> list[Any]:
    return [text and json.loads(text) for text in waiting("details", **where)]
