"""The admin's pages for rooms: what staff see, what they may change, and that rosters move when they do."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rooms.admin import INLINE_ROSTER_MOST
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member, make_private_room
from tests.rooms.admin_pages import refused, roster, send, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("staff"))
    return client


def inline_form(room: Room, *, add: int | None = None, remove: int | None = None) -> dict[str, Any]:
    """The fields of a room's form with its participants below, as a browser sends them."""
    places = list(room.participants.order_by("member__nickname"))
    fields: dict[str, Any] = {"name": room.name or ""} | (
        {"allows_previews": "on"} if room.allows_previews else {}
    )
    for number, place in enumerate(places):
        fields |= {
            f"participants-{number}-participant_id": place.pk,
            f"participants-{number}-room": room.pk,
        }
        if place.member_id == remove:
            fields[f"participants-{number}-DELETE"] = "on"
    if add is not None:
        fields[f"participants-{len(places)}-member"] = add
    total = len(places) + (add is not None)
    return fields | {"participants-TOTAL_FORMS": total, "participants-INITIAL_FORMS": len(places)}


@pytest.mark.parametrize("page", ["member_changelist", "room_changelist", "participant_changelist"])
def test_a_longer_list_takes_no_more_queries(staff: Client, page: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            show(staff, page)
        return len(context)

    make_group_room("Room 0", make_member(100, "Member 0"))
    queries()  # what Django caches
    few = queries()
    for number in range(1, 30):
        make_group_room(f"Room {number}", make_member(100 + number, f"Member {number}"))
    assert queries() == few


def test_a_longer_roster_on_a_rooms_page_takes_no_more_queries(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            show(staff, "room_change", room.pk)
        return len(context)

    queries()  # what Django caches
    few = queries()
    for number in range(100, 110):
        Participant.objects.create(room=room, member=make_member(number, f"Member {number}"))
    assert queries() == few


def test_rooms_show_how_many_are_in_and_were_said(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    make_group_room("Kitchen")
    Room.objects.filter(pk=room.pk).update(last_seq=4321)
    html = show(staff, "room_changelist")
    assert f'<a href="/admin/rooms/participant/?room__room_id__exact={room.pk}">2</a>' in html
    assert 'class="field-message_count">4,321<' in html
    assert ">0</a>" in html


def test_members_show_in_how_many_rooms_they_are(staff: Client, alice: Member) -> None:
    make_group_room("Garden", alice)
    make_group_room("Kitchen", alice)
    assert f'<a href="/admin/rooms/participant/?member__member_id__exact={ALICE}">2</a>' in show(
        staff, "member_changelist"
    )


def test_the_number_leads_to_those_who_are_in(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    make_group_room("Kitchen", bob)
    html = show(staff, "participant_changelist", room__room_id__exact=room.pk)
    assert ">Alice<" in html
    assert ">Bob<" not in html


@pytest.mark.parametrize("term", ["garden", "GARD", "Garden"])
def test_search_finds_a_room_in_any_case(staff: Client, term: str) -> None:
    make_group_room("Garden")
    make_group_room("Kitchen")
    html = show(staff, "room_changelist", q=term)
    assert ">Garden<" in html
    assert ">Kitchen<" not in html


def test_search_finds_members_and_places(staff: Client, alice: Member, bob: Member) -> None:
    make_group_room("고민상담방", alice)
    assert ">Alice<" in show(staff, "member_changelist", q="alic")
    assert ">Alice<" in show(staff, "member_changelist", q=str(ALICE))
    assert ">Alice<" not in show(staff, "member_changelist", q="bob")
    assert ">Alice<" in show(staff, "participant_changelist", q="고민")


def test_pages_are_korean_for_koreans(staff: Client) -> None:
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "ko"
    assert 'lang="ko' in show(staff, "room_changelist")


# --- members -----------------------------------------------------------------------------------


def test_members_are_looked_at_only(staff: Client, alice: Member) -> None:
    assert "Alice" in show(staff, "member_change", ALICE)
    assert staff.post(reverse("admin:rooms_member_change", args=[ALICE]), {"nickname": "X"}).status_code == 403
    assert staff.post(reverse("admin:rooms_member_delete", args=[ALICE]), {"post": "yes"}).status_code == 403
    assert staff.get(reverse("admin:rooms_member_add")).status_code == 403


# --- rooms -------------------------------------------------------------------------------------


def test_a_new_room_with_its_first_member(staff: Client, alice: Member) -> None:
    fields = {"participants-TOTAL_FORMS": 1, "participants-INITIAL_FORMS": 0, "participants-0-member": ALICE}
    send(staff, "room_add", name=" Garden ", allows_previews="on", **fields)
    assert roster(Room.objects.get(name="Garden", is_group_chat=True)) == (1, {ALICE})


@pytest.mark.parametrize("name", ["x", "a\u2028b", "\u200b\u200b\u200b"], ids=ascii)
def test_an_unusable_name_is_refused_on_the_form(staff: Client, name: str) -> None:
    fields = {"participants-TOTAL_FORMS": 0, "participants-INITIAL_FORMS": 0}
    assert "room name" in refused(staff, "room_add", name=name, **fields)


def test_renaming_a_room_writes_none_of_its_counters(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)
    with CaptureQueriesContext(connection) as queries:
        send(staff, "room_change", room.pk, **inline_form(room) | {"name": "Park"})
    updates = [
        query["sql"] for query in queries if query["sql"].startswith("UPDATE") and "chat_rooms" in query["sql"]
    ]
    assert len(updates) == 1
    assert "last_seq" not in updates[0]
    assert Room.objects.get().name == "Park"


def test_putting_bob_into_a_room_moves_its_roster(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    send(staff, "room_change", room.pk, **inline_form(room, add=BOB))
    assert roster(room) == (2, {ALICE, BOB})


def test_taking_bob_out_of_a_room_moves_its_roster(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    send(staff, "room_change", room.pk, **inline_form(room, remove=BOB))
    assert roster(room) == (3, {ALICE})


def test_replacing_the_last_one_keeps_the_room(staff: Client, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    send(staff, "room_change", room.pk, **inline_form(room, add=BOB, remove=ALICE))
    assert roster(room) == (3, {BOB})


def test_taking_the_last_one_out_deletes_the_room(staff: Client, alice: Member) -> None:
    room = make_group_room("Garden", alice)
    send(staff, "room_change", room.pk, **inline_form(room, remove=ALICE))
    assert not Room.objects.exists()


def test_nobody_is_put_into_a_private_room(staff: Client, alice: Member, bob: Member, charlie: Member) -> None:
    room = make_private_room(alice, bob)
    send(staff, "room_change", room.pk, **inline_form(room, add=CHARLIE, remove=BOB))
    assert roster(room) == (2, {ALICE, BOB})


def test_a_long_roster_has_its_own_page_only(staff: Client) -> None:
    room = make_group_room("Stadium")
    members = Member.objects.bulk_create(
        Member(member_id=number, nickname=f"Member {number}") for number in range(1, INLINE_ROSTER_MOST + 2)
    )
    Participant.objects.bulk_create(Participant(room=room, member=member) for member in members)
    assert "Member 100" not in show(staff, "room_change", room.pk)


# --- places ------------------------------------------------------------------------------------
