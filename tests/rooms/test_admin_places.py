"""The admin's page for places in rooms: rosters move when they do."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from rooms.models import Member, Participant
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.rooms.admin_pages import refused, roster, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("staff"))
    return client


def test_a_new_place_moves_the_roster(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    send(staff, "participant_add", room=room.pk, member=BOB)
    assert roster(room) == (2, {ALICE, BOB})


def test_a_second_place_in_one_room_is_refused(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)
    assert refused(staff, "participant_add", room=room.pk, member=ALICE)


def test_a_place_in_a_private_room_is_refused(staff: Client, alice: Member, bob: Member, charlie: Member) -> None:
    room = make_private_room(alice, bob)
    assert refused(staff, "participant_add", room=room.pk, member=CHARLIE)
    place = room.participants.first()
    assert place is not None
    assert (
        staff.post(reverse("admin:rooms_participant_delete", args=[place.pk]), {"post": "yes"}).status_code == 403
    )
    assert roster(room) == (2, {ALICE, BOB})


def test_deleting_a_place_moves_the_roster(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    send(staff, "participant_delete", room.participants.get(member=bob).pk, post="yes")
    assert roster(room) == (3, {ALICE})


def test_deleting_many_places_moves_every_roster(staff: Client, alice: Member, bob: Member) -> None:
    garden, kitchen = make_group_room("Garden", alice, bob), make_group_room("Kitchen", alice, bob)
    places = Participant.objects.filter(member=bob).values_list("pk", flat=True)
    send(staff, "participant_changelist", action="delete_selected", _selected_action=list(places), post="yes")
    assert roster(garden) == roster(kitchen) == (3, {ALICE})


def test_places_are_not_changed(staff: Client, alice: Member) -> None:
    place = make_group_room("Garden", alice).participants.get()
    assert (
        staff.post(reverse("admin:rooms_participant_change", args=[place.pk]), {"member": BOB}).status_code == 403
    )
