"""What was decided of a message: written once, some hundreds of members an event, the others looked at again."""

import json
from datetime import UTC, datetime

import pytest

from messaging.events import decisions
from messaging.events.decisions import Decision, write_decisions
from messaging.models import SecondLook
from rooms.models import Room
from tests.endpoints import details, subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.events.rows import rows
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def test_who_is_told_and_who_is_looked_at_again_is_written(room: Room) -> None:
    endpoint = subscribe("mention")
    say(room, "Bob", sender_id=ALICE, mentions=(BOB,))
    [row] = rows()
    write_decisions([Decision(row, {"of": [BOB]}, [BOB], [CHARLIE])], endpoint_id=endpoint.pk, now=NOW)
    assert details() == [{"of": [BOB], "told": [BOB]}]
    look = SecondLook.objects.get()
    assert (look.endpoint_id, look.room_id, look.seq, look.details) == (endpoint.pk, room.pk, 1, '{"of": [11]}')
    assert look.due_at == NOW + decisions.LOOK_AGAIN_AFTER


def test_of_a_crowd_some_hundreds_are_told_by_each_event(room: Room) -> None:
    endpoint = subscribe("mention")
    subscribe("mention")
    say(room, "Bob", sender_id=ALICE, mentions=(BOB,))
    row = rows(endpoint_id=endpoint.pk)[0]
    crowd = list(range(1_000, 2_201))
    write_decisions([Decision(row, {"everyone": True}, crowd, [])], endpoint_id=endpoint.pk, now=NOW)
    told = details(endpoint_id=endpoint.pk)
    assert [len(one["told"]) for one in told] == [500, 500, 201]
    assert [number for one in told for number in one["told"]] == crowd
    assert all(one["everyone"] for one in told)
    assert set(waiting("room_id", "seq", "version", "member_id", endpoint_id=endpoint.pk)) == {
        (room.pk, 1, 1, ALICE)
    }
    assert not SecondLook.objects.exists()


def test_of_a_crowd_that_looks_some_hundreds_are_looked_at_again_together(room: Room) -> None:
    endpoint = subscribe("mention")
    say(room, "Bob", sender_id=ALICE, mentions=(BOB,))
    [row] = rows()
    crowd = list(range(1_000, 2_201))
    write_decisions([Decision(row, {"everyone": True}, [], crowd)], endpoint_id=endpoint.pk, now=NOW)
    looks = [json.loads(look.details) for look in SecondLook.objects.order_by("pk")]
    assert [len(one["of"]) for one in looks] == [500, 500, 201]
    assert [number for one in looks for number in one["of"]] == crowd
    assert all(one["everyone"] for one in looks)
