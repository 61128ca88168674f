"""The admin's page of requests to come into rooms."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rooms.models import Member, Room
from rooms.moderation_models import JoinRequest
from rooms.services import join_group_room
from tests.factories import BOB, CHARLIE, caller, make_group_room
from tests.rooms.admin_pages import show
from tests.rooms.test_admin import staff  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Bob and Charlie ask to come in."""
    room = make_group_room("Garden", alice)
    Room.objects.update(joining="approval")
    for who, words in ((BOB, "안녕하세요"), (CHARLIE, "<b>hi</b>")):
        join_group_room(caller=caller(who), room_id=room.pk, now=timezone.now(), words=words)
    return room


def choose(client: Client, action: str, *requests: JoinRequest) -> str:
    chosen = {"action": action, "_selected_action": [one.pk for one in requests]}
    response = client.post(reverse("admin:rooms_joinrequest_changelist"), chosen, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_staff_see_who_asks_and_let_them_in_or_turn_them_away(staff: Client, garden: Room) -> None:  # noqa: F811
    page = show(staff, "joinrequest_changelist")
    assert "안녕하세요" in page
    assert "&lt;b&gt;hi" in page
    bobs, charlies = JoinRequest.objects.order_by("pk")
    choose(staff, "let_in", bobs)
    choose(staff, "turn_away", charlies)
    assert set(garden.participants.values_list("member_id", flat=True)) & {BOB, CHARLIE} == {BOB}
    assert list(JoinRequest.objects.order_by("pk").values_list("admitted", flat=True)) == [True, False]
    choose(staff, "let_in", charlies)  # decided already
    assert not garden.participants.filter(member_id=CHARLIE).exists()
    assert show(staff, "joinrequest_changelist", q="gard")
    assert show(staff, "joinrequest_change", bobs.pk)
