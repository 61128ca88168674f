"""The admin's pages of concerns: the banner on every page, the conversation around, and what staff do."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from messaging import admin_concerns
from messaging.admin_conversation import address_of
from messaging.care_models import Concern
from rooms.models import Member, Room
from rooms.moderation.audit import entries_of
from tests.factories import ALICE, BOB, make_private_room
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

BANNER = "may need help, and nobody has looked yet."


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


@pytest.fixture
def concern(room: Room) -> Concern:
    say(room, "안녕", "<b>죽고 싶어</b>", sender_id=ALICE)
    say(room, "무슨 일이에요?", sender_id=BOB)
    return Concern.objects.create(
        room_id=room.pk, member_id=ALICE, seq=2, source="words", raised_at=datetime.now(UTC)
    )


def show(staff: Client, address: str) -> str:
    answer = staff.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def change(concern: Concern) -> str:
    return reverse("admin:messaging_concern_change", args=[concern.pk])


def test_every_page_says_how_many_wait_and_leads_there(staff: Client, concern: Concern) -> None:
    for page in (reverse("admin:index"), reverse("admin:messaging_message_changelist")):
        shown = show(staff, page)
        assert f"1 person {BANNER}" in shown
        assert reverse("admin:messaging_concern_changelist") + "?state__exact=open" in shown
    Concern.objects.create(room_id=1, source="failure", raised_at=datetime.now(UTC))
    assert f"2 people {BANNER}" in show(staff, reverse("admin:index"))
    in_korean = staff.get(reverse("admin:index"), headers={"accept-language": "ko"}).content.decode()
    assert "도움이 필요할 수 있는 사람 2명" in in_korean
    assert BANNER not in Client().get(reverse("admin:login")).content.decode()
    Concern.objects.update(state="seen")
    assert BANNER not in show(staff, reverse("admin:index"))


def test_that_they_cannot_be_counted_is_said_on_every_page(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off() -> int:
        raise DatabaseError

    monkeypatch.setattr(admin_concerns, "count_open", break_off)

    assert "cannot be counted just now" in show(staff, reverse("admin:index"))


def test_staff_read_the_conversation_around_it_as_text(staff: Client, concern: Concern) -> None:
    shown = show(staff, change(concern))

    assert "&lt;b&gt;죽고 싶어&lt;/b&gt; ←" in shown
    assert "<b>죽고 싶어" not in shown
    assert "무슨 일이에요?" in shown
    assert "Alice" in show(staff, reverse("admin:messaging_concern_changelist"))


def test_staff_say_that_they_look_after_it_and_what_was_done(staff: Client, concern: Concern) -> None:
    staff.post(change(concern), {"state": "closed", "note": "통화했어요"})
    concern.refresh_from_db()

    assert (concern.state, concern.note) == ("closed", "통화했어요")
    assert concern.seen_by_staff == User.objects.get()
    [logged] = entries_of(room_id=concern.room_id, before=None, limit=5)
    assert (logged.act, logged.actor_kind, logged.reason) == ("concern_closed", "staff", "통화했어요")
    assert staff.post(change(concern), {"state": "seen", "note": ""}).status_code == 403
    assert staff.post(reverse("admin:messaging_concern_delete", args=[concern.pk])).status_code == 403


def test_several_are_taken_on_at_once(staff: Client, concern: Concern) -> None:
    staff.post(
        reverse("admin:messaging_concern_changelist"),
        {"action": "mark_seen", "_selected_action": [concern.pk]},
    )
    concern.refresh_from_db()

    assert concern.state == "seen"


def test_of_a_private_room_nothing_is_read_by_the_way(staff: Client, alice: Member, bob: Member) -> None:
    """Somebody reported that the other one may harm themselves."""
    private = make_private_room(alice, bob)
    say(private, "비밀 이야기", sender_id=ALICE)
    concern = Concern.objects.create(
        room_id=private.pk, member_id=ALICE, seq=1, source="report", raised_at=datetime.now(UTC)
    )
    page = show(staff, change(concern))
    assert "비밀 이야기" not in page
    assert address_of(private.pk, 1) in page
