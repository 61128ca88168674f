"""The room's page in the admin: staff set its rules, name its owner and its managers."""

import re
from typing import Any

import pytest
from django.test import Client

from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.rooms.admin_pages import refused, send, show
from tests.rooms.moderation.cast import roles_in
from tests.rooms.test_admin import inline_form, staff  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Taken over: nobody owns it."""
    return make_group_room("Garden", alice, bob, charlie)


def form_of(room: Room, roles: dict[int, str] | None = None, **rules: Any) -> dict[str, Any]:
    """The room's form with these rules and roles, as a browser sends it."""
    fields = inline_form(room) | {"slow_s": room.slow_s, "joining": room.joining} | rules
    for number, place in enumerate(room.participants.order_by("member__nickname")):
        fields[f"participants-{number}-role"] = (roles or {}).get(place.member_id, place.role)
    return fields


def test_staff_name_an_owner_and_managers(staff: Client, garden: Room) -> None:  # noqa: F811
    send(staff, "room_change", garden.pk, **form_of(garden, {BOB: "owner", CHARLIE: "manager"}))
    assert roles_in(garden) == {ALICE: "member", BOB: "owner", CHARLIE: "manager"}
    send(staff, "room_change", garden.pk, **form_of(garden, {ALICE: "owner", BOB: "manager"}))
    assert roles_in(garden) == {ALICE: "owner", BOB: "manager", CHARLIE: "manager"}
    assert {entry.actor_kind for entry in AuditEntry.objects.filter(act="role")} == {"staff"}
    version = garden.roster_version
    garden.refresh_from_db()
    assert garden.roster_version > version  # so that sockets hear it, at the latest by their sweep


def test_what_cannot_be_is_told_and_the_rest_is_saved(staff: Client, garden: Room) -> None:  # noqa: F811
    send(staff, "room_change", garden.pk, **form_of(garden, {BOB: "owner"}))
    send(staff, "room_change", garden.pk, **form_of(garden, {BOB: "member", CHARLIE: "manager"}))
    assert "Hand the room over to another member first." in show(staff, "room_change", garden.pk)
    assert roles_in(garden) == {ALICE: "member", BOB: "owner", CHARLIE: "manager"}


def test_a_table_has_a_heading_for_each_value(staff: Client, garden: Room) -> None:  # noqa: F811
    page = show(staff, "room_change", garden.pk)
    headings = re.findall(r'<th class="column-(\w+)', page)
    values = re.findall(r'<td class="(?:field-(\w+))?', page.partition('id="participants-0"')[2])
    assert [name for name in values if name][: len(headings)] == headings == ["member", "role", "read_seq"]
    assert re.search(r'<td class="field-member">\s*<p>Alice</p>', page)


def test_who_is_put_in_may_be_given_a_role_at_once(staff: Client, garden: Room) -> None:  # noqa: F811
    garden.participants.filter(member_id=CHARLIE).delete()
    fields = inline_form(garden, add=CHARLIE) | {"participants-2-role": "manager", "joining": "open"}
    send(staff, "room_change", garden.pk, **fields)
    assert roles_in(garden)[CHARLIE] == "manager"


def test_a_row_never_becomes_another_members(staff: Client, garden: Room) -> None:  # noqa: F811
    fields = form_of(garden, {ALICE: "owner"}) | {"participants-0-member": 99}
    send(staff, "room_change", garden.pk, **fields)
    assert roles_in(garden) == {ALICE: "owner", BOB: "member", CHARLIE: "member"}


def test_staff_set_the_rules_and_mark_a_counselling_room(staff: Client, garden: Room) -> None:  # noqa: F811
    rules: dict[str, Any] = {"slow_s": 30, "is_read_only": "on", "joining": "code", "is_counselling": "on"}
    send(staff, "room_change", garden.pk, **form_of(garden, **rules))
    garden.refresh_from_db()
    assert (garden.slow_s, garden.is_read_only, garden.joining, garden.is_counselling) == (30, True, "code", True)
    assert garden.join_code in show(staff, "room_change", garden.pk)
    assert AuditEntry.objects.get(act="rules").actor_kind == "staff"
    assert refused(staff, "room_change", garden.pk, **form_of(garden, slow_s=3_601))


def test_staff_keep_texts_out_of_a_room_s_notifications(staff: Client, garden: Room) -> None:  # noqa: F811
    fields = form_of(garden)
    send(staff, "room_change", garden.pk, **fields)
    garden.refresh_from_db()
    assert garden.allows_previews
    del fields["allows_previews"]  # a box without its tick
    send(staff, "room_change", garden.pk, **fields)
    garden.refresh_from_db()
    assert not garden.allows_previews
    assert AuditEntry.objects.get(act="rules").details == '{"allows_previews": ["True", "False"]}'


def test_a_private_room_has_neither(staff: Client, alice: Member, bob: Member) -> None:  # noqa: F811
    page = show(staff, "room_change", make_private_room(alice, bob).pk)
    assert 'name="slow_s"' not in page
    assert 'name="participants-0-role"' not in page


def test_staff_say_how_long_files_are_kept(staff: Client, garden: Room) -> None:  # noqa: F811
    def kept() -> int | None:
        garden.refresh_from_db()
        return garden.keeps_files

    send(staff, "room_change", garden.pk, **form_of(garden, keeps_files=7))
    assert kept() == 7
    send(staff, "room_change", garden.pk, **form_of(garden))  # a form without it changes nothing
    assert kept() == 7
    send(staff, "room_change", garden.pk, **form_of(garden, keeps_files=0))
    assert kept() == 0
    send(staff, "room_change", garden.pk, **form_of(garden, keeps_files=""))
    assert kept() is None
    assert refused(staff, "room_change", garden.pk, **form_of(garden, keeps_files=36_501))
    details = AuditEntry.objects.filter(act="rules").order_by("number").values_list("details", flat=True)
    assert list(details) == [
        f'{{"keeps_files": ["{before}", "{after}"]}}'
        for before, after in (("None", "7"), ("7", "0"), ("0", "None"))
    ]
