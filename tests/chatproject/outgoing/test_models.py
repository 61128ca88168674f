"""The tables of events: what the database itself keeps."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from chatproject.outgoing.models import Endpoint, OutgoingEvent, RoomStream

pytestmark = pytest.mark.django_db


def test_an_event_may_be_for_an_endpoint_that_is_gone() -> None:
    """What is said in a room must not fail because somebody deleted an endpoint just now."""
    event = OutgoingEvent.objects.create(endpoint_id=999, kind="message", room_id=1, created_at=timezone.now())

    event.refresh_from_db()
    assert (event.state, event.attempts, event.due_at, event.last_error) == ("waiting", 0, None, "")


def test_an_endpoint_has_one_stream_per_room() -> None:
    RoomStream.objects.create(endpoint_id=1, room_id=5, last_event_id=1)

    with pytest.raises(IntegrityError):
        RoomStream.objects.create(endpoint_id=1, room_id=5, last_event_id=2)


def test_an_endpoint_is_called_by_its_description_or_its_address() -> None:
    assert str(Endpoint(url="https://main.example/hook")) == "https://main.example/hook"
    assert str(Endpoint(url="https://main.example/hook", description="Push")) == "Push"
