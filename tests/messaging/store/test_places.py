"""The places of members in the rooms of a batch: found by pairs, and written without touching others'."""

import pytest

from messaging.store.places import Place, read_places, update_read_marks
from messaging.store.statements import run
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db


def test_places_are_those_of_the_pairs_only(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    pairs = [(room.pk, BOB), (kitchen.pk, ALICE), (kitchen.pk, BOB), (room.pk, CHARLIE)]
    [found] = run(read_places(pairs))
    assert {pair: place.nickname for pair, place in found.items()} == {
        (room.pk, BOB): "Bob",
        (kitchen.pk, ALICE): "Alice",
    }
    assert found[room.pk, BOB] == Place(Participant.objects.get(room=room, member_id=BOB).pk, "Bob", "member")
    assert run(read_places([])) == [{}]


@pytest.mark.django_db(transaction=True)
def test_places_are_searched_and_never_scanned_for(room: Room, alice: Member, bob: Member) -> None:
    rooms = [make_group_room(f"room {number}", alice, bob) for number in range(20)]
    plan = plan_of(lambda: run(read_places([(room.pk, ALICE) for room in rooms[:4]])))
    assert "SCAN" not in str(plan), plan
    assert "ALL" not in [step.get("type") for step in plan], plan


def test_the_read_marks_of_others_stay(room: Room, alice: Member) -> None:
    make_group_room("Kitchen", alice)
    places = list(Participant.objects.order_by("pk").values_list("pk", flat=True))
    run(update_read_marks({places[0]: 3, places[2]: 1}))
    assert list(Participant.objects.order_by("pk").values_list("read_seq", flat=True)) == [3, 0, 1]
