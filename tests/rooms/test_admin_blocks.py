"""The admin's page of blocks: staff block, see, change and lift; nobody deletes what was done."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatproject.errors import BlockedFromRoom
from rooms.blocks import require_admission
from rooms.models import Member, Room
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room

pytestmark = pytest.mark.django_db

NO_END = {"until_0": "", "until_1": ""}


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice, bob)


def send(client: Client, page: str, *arguments: int, **fields: Any) -> int:
    return client.post(reverse(f"admin:rooms_{page}", args=arguments), fields).status_code


def is_kept_out(room: Room, member_id: int) -> bool:
    try:
        require_admission(room_id=room.pk, member_id=member_id, now=timezone.now())
    except BlockedFromRoom:
        return True
    return False


def take_bob_out(client: Client, room: Room) -> Sanction:
    place = room.participants.get(member_id=BOB)
    assert send(client, "participant_delete", place.pk, post="yes") == 302
    return Sanction.objects.get()


def test_deleting_a_place_blocks_and_names_who_did_it(staff: Client, garden: Room) -> None:
    block = take_bob_out(staff, garden)
    assert is_kept_out(garden, BOB)
    assert block.staff == User.objects.get(username="staff")


def test_taking_bob_out_on_the_rooms_page_blocks_him(staff: Client, garden: Room) -> None:
    alices, bobs = garden.participants.order_by("member__nickname")
    fields = {
        "name": garden.name,
        "participants-TOTAL_FORMS": 2,
        "participants-INITIAL_FORMS": 2,
        "participants-0-participant_id": alices.pk,
        "participants-0-room": garden.pk,
        "participants-1-participant_id": bobs.pk,
        "participants-1-room": garden.pk,
        "participants-1-DELETE": "on",
    }
    assert send(staff, "room_change", garden.pk, **fields) == 302
    assert is_kept_out(garden, BOB)
    assert not is_kept_out(garden, ALICE)


def test_putting_bob_in_again_lifts_the_block(staff: Client, garden: Room) -> None:
    take_bob_out(staff, garden)
    assert send(staff, "participant_add", room=garden.pk, member=BOB) == 302
    assert not is_kept_out(garden, BOB)


def test_a_new_block_takes_its_member_out(staff: Client, garden: Room) -> None:
    assert send(staff, "sanction_add", room=garden.pk, member=BOB, reason="spam", **NO_END) == 302
    assert [place.member_id for place in garden.participants.all()] == [ALICE]
    assert Sanction.objects.get().reason == "spam"


def test_a_stranger_is_kept_out_before_coming(staff: Client, garden: Room, charlie: Member) -> None:
    assert send(staff, "sanction_add", room=garden.pk, member=CHARLIE, **NO_END) == 302
    assert is_kept_out(garden, CHARLIE)
    assert garden.participants.count() == 2


def test_blocking_the_last_one_deletes_the_room(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)
    assert send(staff, "sanction_add", room=room.pk, member=ALICE, **NO_END) == 302
    assert not Room.objects.exists()


def test_a_private_room_knows_no_blocks(staff: Client, alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    assert send(staff, "sanction_add", room=room.pk, member=BOB, **NO_END) == 200  # the form again
    assert room.participants.count() == 2


def test_reason_and_end_are_filled_in_later(staff: Client, garden: Room) -> None:
    block = take_bob_out(staff, garden)
    yesterday = timezone.localtime() - timedelta(days=1)
    end = {"until_0": f"{yesterday:%Y-%m-%d}", "until_1": f"{yesterday:%H:%M:%S}"}
    assert send(staff, "sanction_change", block.pk, reason="cooled down", **end) == 302
    assert not is_kept_out(garden, BOB)
    assert Sanction.objects.get().reason == "cooled down"


def test_chosen_blocks_are_lifted_and_stay_on_record(staff: Client, garden: Room, charlie: Member) -> None:
    take_bob_out(staff, garden)
    send(staff, "sanction_add", room=garden.pk, member=CHARLIE, **NO_END)
    chosen = list(Sanction.objects.values_list("pk", flat=True))
    assert send(staff, "sanction_changelist", action="lift", _selected_action=chosen) == 302
    assert not is_kept_out(garden, BOB)
    assert not is_kept_out(garden, CHARLIE)
    assert {block.lifted_by_staff for block in Sanction.objects.all()} == {User.objects.get(username="staff")}


def test_no_block_is_deleted(staff: Client, garden: Room) -> None:
    block = take_bob_out(staff, garden)
    assert send(staff, "sanction_delete", block.pk, post="yes") == 403


def test_the_list_is_searched_by_room_member_and_reason(staff: Client, garden: Room) -> None:
    send(staff, "sanction_add", room=garden.pk, member=BOB, reason="Spam", **NO_END)
    for term, found in (("garden", True), ("bob", True), ("spam", True), ("nobody", False)):
        page = staff.get(reverse("admin:rooms_sanction_changelist"), query_params={"q": term})
        assert (">Garden<" in page.content.decode()) is found
