"""Rows of events: one for each endpoint that subscribed, in the caller's transaction, the same by both ways."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from chatproject.outgoing.models import OutgoingEvent
from chatproject.outgoing.recording import Event, inserting, inserting_messages, record, record_for
from chatproject.outgoing.subscriptions import NOBODY, read_subscribed
from tests.endpoints import subscribe, waiting

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 9, 0, 0, 123456, tzinfo=UTC)
SAID = Event("message", 5, 2, 7, 3)
LEFT = Event("left", 5, member_id=3, details={"removed": True, "why": '100 % "quoted"'})


def test_each_endpoint_that_subscribed_has_a_row_of_its_own() -> None:
    one, other = subscribe("message", "left"), subscribe("message")
    subscribe("message", is_enabled=False)
    record(SAID, LEFT, Event("joined", 5))
    assert waiting("endpoint_id", "kind") == [
        (one.pk, "message"),
        (other.pk, "message"),
        (one.pk, "left"),
    ]


def test_what_is_stored_by_hand_is_the_same() -> None:
    subscribe("message", "left", "concern")
    events = [SAID, LEFT, Event("concern", 5), Event("read", 5)]
    statement = inserting(events, read_subscribed(), now=NOW)
    assert statement is not None
    with connection.cursor() as cursor:
        cursor.execute(*statement)
    columns = (
        "kind",
        "room_id",
        "seq",
        "version",
        "member_id",
        "details",
        "state",
        "attempts",
        "due_at",
        "prev_id",
    )
    by_hand = waiting(*columns)
    assert waiting("created_at") == [NOW] * 3
    OutgoingEvent.objects.all().delete()
    record(*events)
    assert waiting(*columns) == by_hand
    assert [row[0] for row in by_hand] == ["message", "left", "concern"]


def test_of_messages_it_says_what_their_bodies_need() -> None:
    one, other = subscribe("message"), subscribe("message")
    statement = inserting_messages([(5, 1), (5, 2)], read_subscribed(), now=NOW)
    assert statement is not None
    with connection.cursor() as cursor:
        cursor.execute(*statement)
    rows = waiting("endpoint_id", "kind", "room_id", "seq", "created_at", "state", "attempts", "details")
    assert rows == [
        (endpoint.pk, "message", 5, seq, NOW, "waiting", 0, None) for seq in (1, 2) for endpoint in (one, other)
    ]
    assert inserting_messages([], read_subscribed(), now=NOW) is None
    assert inserting_messages([(5, 1)], NOBODY, now=NOW) is None


def test_where_nobody_subscribed_there_is_no_statement() -> None:
    assert inserting([SAID], NOBODY, now=NOW) is None
    subscribe("left")
    assert inserting([SAID], read_subscribed(), now=NOW) is None
    record(SAID)
    assert waiting() == []


def test_what_is_rolled_back_has_not_happened() -> None:
    subscribe("message")
    with transaction.atomic():
        record(SAID)
        transaction.set_rollback(True)
    assert waiting() == []


def test_one_endpoint_alone_is_told_of_what_is_recorded_for_it() -> None:
    one = subscribe("message")
    subscribe("message")
    record_for(one.pk, SAID)
    assert waiting("endpoint_id", "seq") == [(one.pk, 2)]
