"""The admin's page of the audit log: found and exported by staff, changed by nobody."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation import audit
from rooms.moderation.audit import SITE, Actor, Deed
from tests.factories import ALICE, BOB, make_group_room

pytestmark = pytest.mark.django_db

PAGE = "admin:rooms_auditentry_changelist"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("keeper"))
    return client


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    now, keeper_id = timezone.now(), 4711
    audit.record(
        Deed(room_id=room.pk, act="mute", by=Actor.member(ALICE), at=now, member_id=BOB, reason="=Spam()"),
        Deed(room_id=room.pk, act="hide", by=audit.FILTER, at=LONG_AGO, seq=12, reason="<b>bold</b>"),
        Deed(room_id=SITE, act="log_exported", by=Actor.staff(keeper_id), at=now),
    )
    return room


def shown(client: Client, **query: object) -> list[str]:
    """The acts on the page."""
    page = client.get(reverse(PAGE), query_params={key: str(value) for key, value in query.items()})
    assert page.status_code == 200, page
    return sorted(entry.act for entry in page.context["cl"].result_list)


def test_entries_are_found_by_room_member_account_and_reason(staff: Client, garden: Room) -> None:
    for term in ("gard", str(garden.pk)):
        assert shown(staff, q=term) == ["hide", "mute"]
    for term in ("bob", "ALICE", str(BOB), "spam"):
        assert shown(staff, q=term) == ["mute"]
    assert shown(staff, q="4711") == ["log_exported"]
    assert shown(staff, q="nothing of the kind") == []


def test_entries_are_filtered_by_act_actor_room_member_and_time(staff: Client, garden: Room) -> None:
    assert shown(staff, act="hide") == ["hide"]
    assert shown(staff, actor_kind__exact="filter") == ["hide"]
    assert shown(staff, actor_kind__exact="member", actor_id=ALICE) == ["mute"]
    assert shown(staff, room_id=garden.pk) == ["hide", "mute"]
    assert shown(staff, member_id=BOB) == ["mute"]
    yesterday = timezone.now() - timedelta(days=1)
    assert shown(staff, at__gte=yesterday.isoformat()) == ["log_exported", "mute"]


def test_names_lead_to_everything_of_the_same_one_and_nothing_is_run(staff: Client, garden: Room) -> None:
    page = staff.get(reverse(PAGE)).content.decode()
    assert f'<a href="/admin/rooms/auditentry/?member_id={BOB}">Bob #{BOB}</a>' in page
    assert f'<a href="/admin/rooms/auditentry/?room_id={garden.pk}">Garden</a>' in page
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_the_page_takes_as_many_queries_for_many_entries_as_for_few(staff: Client, garden: Room) -> None:
    shown(staff)
    with CaptureQueriesContext(connection) as few:
        assert len(shown(staff)) == 3
    audit.record(
        *(
            Deed(room_id=number, act="hide", by=Actor.member(ALICE), at=LONG_AGO, member_id=number)
            for number in range(1, 30)
        )
    )
    with CaptureQueriesContext(connection) as many:
        assert len(shown(staff)) == 32
    assert len(many) == len(few)


def test_the_export_has_what_the_list_shows_harmless_to_a_spreadsheet_and_is_logged(
    staff: Client, garden: Room
) -> None:
    answer = staff.get(
        reverse("admin:rooms_auditentry_export"),
        query_params={"room_id": str(garden.pk), "act": "mute", "q": "Spam"},
    )
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    row = dict(zip(head, line, strict=True))
    assert (row["reason"], row["member number"], row["room number"]) == ("'=Spam()", str(BOB), str(garden.pk))
    exported = AuditEntry.objects.order_by("-entry_id")[0]
    assert (exported.act, exported.room_id, exported.actor_id) == ("log_exported", SITE, User.objects.get().pk)
    assert json.loads(exported.details) == {"entries": 1, "filter": f"room_id={garden.pk}&act=mute&q=…"}


def test_nobody_adds_changes_or_deletes_an_entry(staff: Client, garden: Room) -> None:
    entry = AuditEntry.objects.order_by("entry_id")[0]
    assert staff.get(reverse("admin:rooms_auditentry_add")).status_code == 403
    change = reverse("admin:rooms_auditentry_change", args=[entry.pk])
    assert staff.get(change).status_code == 200
    assert staff.post(change, {"reason": "nothing"}).status_code == 403
    assert (
        staff.post(reverse("admin:rooms_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    )
    staff.post(reverse(PAGE), {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.get(pk=entry.pk).reason == "=Spam()"


def test_who_may_not_look_does_not_export(garden: Room) -> None:
    gardener = User.objects.create_user("gardener", is_staff=True)
    gardener.user_permissions.add(Permission.objects.get(codename="view_room"))
    client = Client()
    client.force_login(gardener)
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get(reverse("admin:rooms_auditentry_export")).status_code == 403
