"""Rooms are deleted in the admin after being asked whether, and why."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from rooms.deleted_models import DeletedRoom
from rooms.models import Member, Participant, Room
from tests.factories import make_group_room, make_private_room
from tests.rooms.admin_pages import send, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff"))
    return client


def test_rooms_are_deleted_with_their_places_after_being_asked(staff: Client, alice: Member, bob: Member) -> None:
    rooms = [make_group_room("Garden", alice), make_private_room(alice, bob)]
    chosen = {"action": "delete_selected", "_selected_action": [room.pk for room in rooms]}
    response = staff.post(reverse("admin:rooms_room_changelist"), chosen)
    assert set(map(str, rooms)) <= set(response.context["deletable_objects"][0])
    assert 'name="why"' in response.content.decode()
    send(staff, "room_changelist", **chosen, post="yes", why=" ")
    assert Room.objects.count() == 2
    send(staff, "room_changelist", **chosen, post="yes", why="spam")
    assert not Room.objects.exists()
    assert not Participant.objects.exists()
    assert set(DeletedRoom.objects.values_list("name", "why")) == {("Garden", "spam"), ("", "spam")}


def test_one_room_is_deleted_from_its_page(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)
    assert 'maxlength="200" required' in show(staff, "room_delete", room.pk)
    for refused in ("", "x" * 201):
        send(staff, "room_delete", room.pk, post="yes", why=refused)
        assert Room.objects.exists()
    send(staff, "room_delete", room.pk, post="yes", why="spam")
    assert not Room.objects.exists()
