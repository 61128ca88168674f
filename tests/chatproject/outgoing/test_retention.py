"""What is kept of events, and what goes."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.outgoing import retention
from chatproject.outgoing.models import Endpoint, OutgoingEvent, RoomStream
from chatproject.outgoing.retention import forget_rooms, purge, told_rooms
from tests.chatproject.outgoing.conftest import NOW, make_endpoint, make_events

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def endpoint_id(db: None, settings: Any) -> int:
    settings.EVENTS_KEEP_DAYS = 3
    return make_endpoint("https://main.example/")


def kept() -> list[int]:
    return list(OutgoingEvent.objects.order_by("pk").values_list("pk", flat=True))


def test_delivered_events_stay_for_a_replay_and_dead_ones_for_a_month(endpoint_id: int) -> None:
    made = [
        make_events(endpoint_id, 5, state=state, created_at=NOW - age * DAY)[0]
        for state, age in (("delivered", 4), ("dead", 31), ("dead", 29), ("waiting", 40), ("delivered", 2))
    ]

    assert purge(endpoint_ids=[endpoint_id], now=NOW) == 2
    assert kept() == made[2:]


def test_what_was_delivered_late_stays_as_long(endpoint_id: int) -> None:
    make_events(endpoint_id, 5, state="delivered", created_at=NOW - 6 * DAY, sent_at=NOW - 2 * DAY)

    assert purge(endpoint_ids=[endpoint_id], now=NOW) == 0


def test_much_goes_in_pieces(endpoint_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK_EVENTS", 2)
    make_events(endpoint_id, 1, 2, 3, state="delivered", created_at=NOW - 4 * DAY)

    assert [purge(endpoint_ids=[endpoint_id], now=NOW) for _ in range(3)] == [2, 1, 0]


def test_what_waits_for_an_endpoint_that_was_switched_off_goes_after_a_month(endpoint_id: int) -> None:
    make_events(endpoint_id, 5, created_at=NOW - 31 * DAY)
    young = make_events(endpoint_id, 5, created_at=NOW - 29 * DAY)
    Endpoint.objects.update(is_enabled=False)

    assert purge(endpoint_ids=[], now=NOW) == 1
    assert kept() == young


def test_what_was_for_an_endpoint_that_is_no_more_goes(endpoint_id: int) -> None:
    others = make_events(endpoint_id, 5)
    make_events(endpoint_id + 1, 5, 6)
    for each in (endpoint_id, endpoint_id + 1):
        RoomStream.objects.create(endpoint_id=each, room_id=5, last_event_id=1)

    assert purge(endpoint_ids=[], now=NOW) == 2
    assert kept() == others
    assert list(RoomStream.objects.values_list("endpoint_id", flat=True)) == [endpoint_id]


# --- rooms that are gone


def make_stream(endpoint_id: int, room_id: int, last_event_id: int) -> None:
    RoomStream.objects.create(endpoint_id=endpoint_id, room_id=room_id, last_event_id=last_event_id)


def test_rooms_of_which_no_event_is_kept_are_looked_for_some_at_a_time(
    endpoint_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK_ROOMS", 2)
    [kept] = make_events(endpoint_id, 8, state="dead")
    for room_id, last_event_id in ((7, kept - 1), (8, kept), (9, kept - 1)):
        make_stream(endpoint_id, room_id, last_event_id)
    make_stream(endpoint_id + 1, 6, kept - 1)

    assert told_rooms(endpoint_id=endpoint_id, after_id=0) == ([7], 8)
    assert told_rooms(endpoint_id=endpoint_id, after_id=8) == ([9], 0)
    OutgoingEvent.objects.all().delete()
    assert told_rooms(endpoint_id=endpoint_id, after_id=0) == ([7, 8], 8)


def test_how_far_it_was_told_of_a_room_that_is_gone_is_kept_while_something_of_it_waits_or_can_be_sent_again(
    endpoint_id: int,
) -> None:
    for room_id in (7, 8, 9):
        make_stream(endpoint_id, room_id, last_event_id=0)
    RoomStream.objects.filter(room_id=9).update(last_event_id=make_events(endpoint_id, 9, state="delivered")[0])
    make_events(endpoint_id, 8)
    make_stream(endpoint_id + 1, 7, last_event_id=0)

    forget_rooms(endpoint_id=endpoint_id, room_ids=[7, 8, 9])
    assert list(RoomStream.objects.filter(endpoint_id=endpoint_id).values_list("room_id", flat=True)) == [8, 9]
    assert RoomStream.objects.filter(endpoint_id=endpoint_id + 1).exists()

    OutgoingEvent.objects.all().delete()
    forget_rooms(endpoint_id=endpoint_id, room_ids=[8, 9])
    assert not RoomStream.objects.filter(endpoint_id=endpoint_id).exists()
