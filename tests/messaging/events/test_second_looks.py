"""Second looks: of this endpoint when they are due, of any when they were forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from messaging.events.decisions import FORGOTTEN_AFTER
from messaging.events.second_looks import read_due, settle
from messaging.models import SecondLook
from rooms.models import Room
from tests.endpoints import details, subscribe, waiting
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "Bob", sender_id=ALICE, mentions=(BOB,))
    return room


def look(room: Room, endpoint_id: int, due_at: datetime) -> SecondLook:
    return SecondLook.objects.create(
        endpoint_id=endpoint_id, room_id=room.pk, seq=1, due_at=due_at, details='{"of":[3]}'
    )


def test_what_is_due_here_is_looked_at_and_what_nobody_looks_at_goes(garden: Room) -> None:
    endpoint = subscribe("mention")
    due = look(garden, endpoint.pk, NOW)
    look(garden, endpoint.pk, NOW + SECOND)
    look(garden, endpoint.pk + 1, NOW)
    forgotten = look(garden, endpoint.pk + 1, NOW - FORGOTTEN_AFTER)
    found = read_due(endpoint_id=endpoint.pk, now=NOW)
    assert [one.look.pk for one in found] == [forgotten.pk, due.pk]
    settle(found, looking=())
    assert details(kind="mention") == [{"of": [BOB], "told": [BOB]}]
    assert waiting("endpoint_id") == [endpoint.pk]
    assert SecondLook.objects.count() == 2


def test_with_its_room_it_is_over(garden: Room) -> None:
    due = look(garden, 1, NOW)
    SecondLook.objects.filter(pk=due.pk).update(room_id=999_999)
    settle(read_due(endpoint_id=1, now=NOW), looking=())
    assert waiting() == []
    assert not SecondLook.objects.exists()
