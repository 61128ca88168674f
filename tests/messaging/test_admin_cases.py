"""The admin's queue: what staff see first, one case after the other, and nothing of members' as HTML."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from messaging.models import Message
from messaging.moderation import cases
from messaging.moderation_models import Case
from messaging.wire.marks import Attachment, Marks, stored_marks
from rooms.models import Room
from rooms.moderation import ranks
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.moderation.reported import DAY, HOUR, case_about, report
from tests.messaging.reported_room import DANA, fill

pytestmark = pytest.mark.django_db

LIST = "admin:messaging_case_changelist"


@pytest.fixture
def garden(room: Room) -> Room:
    return fill(room, "good morning", "<script>alert(1)</script>", "flowers")


def moderator(name: str, *codenames: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.fixture
def mina() -> Client:
    return moderator("mina", "view_case", "change_case")


@pytest.fixture
def joon() -> Client:
    return moderator("joon", "view_case", "change_case")


def show(client: Client, **query: Any) -> str:
    response = client.get(reverse(LIST), query_params=query)
    assert response.status_code == 200
    return response.content.decode()


def page_of(client: Client, case: Case) -> str:
    response = client.get(reverse("admin:messaging_case_change", args=[case.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_case_names_the_files_that_were_there(mina: Client, garden: Room) -> None:
    files = (Attachment(file_id=31, name="<i>.png", type="image/png", size=2_048),)
    Message.objects.filter(seq=2).update(marks=stored_marks(Marks(attachments=files)))
    page = page_of(mina, case_about(garden, by=ALICE, seq=2))
    assert "&lt;i&gt;.png</a> <small>image/png · 2.0" in page


def press(client: Client, case: Case, button: str, **fields: Any) -> Any:
    address = reverse("admin:messaging_case_change", args=[case.pk])
    return client.post(address, {button: "x", **fields}, follow=True)


def shown(html: str) -> list[int]:
    """Numbers of the cases in the list, in their order."""
    return [int(part.partition("/change")[0]) for part in html.split("/messaging/case/")[1:] if part[:1].isdigit()]


def test_the_list_begins_with_what_is_urgent_and_shows_what_is_late(mina: Client, garden: Room) -> None:
    now = timezone.now()
    late = case_about(garden, by=CHARLIE, seq=1, now=now - 2 * DAY)
    fresh = case_about(garden, by=CHARLIE, seq=3, now=now)
    urgent = case_about(garden, by=CHARLIE, member_id=BOB, reason="self_harm", now=now)
    closed = case_about(garden, by=CHARLIE)
    cases.close(closed, by=ranks.staff(), outcome="dismissed", reason="…", until=None, now=now)
    html = show(mina)
    assert shown(html) == [urgent.pk, late.pk, fresh.pk]
    assert "Open: 3, late: 1, urgent: 1." in html
    assert "1\xa0day late" in html.partition(f"/case/{late.pk}/")[2].partition("</tr>")[0]
    assert shown(show(mina, which="late")) == [late.pk]
    assert shown(show(mina, which="urgent")) == [urgent.pk]
    assert shown(show(mina, which="decided")) == [closed.pk]
    assert shown(show(mina, reason="self_harm")) == [urgent.pk]
    assert shown(show(mina, q="Garden")) == [urgent.pk, late.pk, fresh.pk]
    assert shown(show(mina, which="mine")) == []


def test_a_page_costs_the_same_queries_however_many_cases(mina: Client, garden: Room) -> None:
    case_about(garden, by=CHARLIE, seq=1)
    with CaptureQueriesContext(connection) as few:
        show(mina)
    for seq in (2, 3):
        case_about(garden, by=CHARLIE, seq=seq)
        case_about(garden, by=ALICE, seq=seq)
    with CaptureQueriesContext(connection) as many:
        show(mina)
    assert len(many) == len(few)


def test_a_case_shows_the_conversation_as_text_and_who_reported(mina: Client, garden: Room) -> None:
    case = report(garden, by=CHARLIE, seq=2, words="<img src=x>", reason="hacking").case
    html = page_of(mina, case)
    for text in ("good morning", "flowers", "&lt;script&gt;alert(1)", "&lt;img src=x&gt;", "Charlie", "①4", "Bob"):
        assert text in html
    for markup in ("<script>alert", "<img src=x>"):
        assert markup not in html


def test_one_case_after_the_other_without_meeting_a_colleague(mina: Client, joon: Client, garden: Room) -> None:
    now = timezone.now()
    first = case_about(garden, by=CHARLIE, seq=1, now=now - HOUR)
    second = case_about(garden, by=CHARLIE, seq=3, now=now)
    following = reverse("admin:messaging_case_next")
    assert mina.post(following).url == reverse("admin:messaging_case_change", args=[first.pk])  # type: ignore[attr-defined]
    assert joon.post(following).url == reverse("admin:messaging_case_change", args=[second.pk])  # type: ignore[attr-defined]
    assert "Somebody else is working on this one." in page_of(joon, first)
    assert 'name="_decide"' not in page_of(joon, first)
    refused = press(joon, first, "_decide", outcome="dismissed", reason="fine", minutes="0")
    assert "Somebody else is working on that." in refused.content.decode()
    press(joon, second, "_let_go")
    decided = press(mina, first, "_decide", outcome="dismissed", reason="fine", minutes="0")
    assert decided.redirect_chain[-1][0] == reverse("admin:messaging_case_change", args=[second.pk])
    first.refresh_from_db()
    assert (first.outcome, first.reason, first.decided_by_staff.username) == ("dismissed", "fine", "mina")  # type: ignore[union-attr]
    assert LogEntry.objects.count() == 1
    press(mina, second, "_decide", outcome="cared", reason="talked with both", minutes="0")
    assert "Nothing waits any more." in press(mina, second, "_next").content.decode()


def test_a_reason_is_asked_for(mina: Client, garden: Room) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    html = press(mina, case, "_decide", outcome="dismissed", reason="", minutes="0").content.decode()
    assert "This field is required." in html
    case.refresh_from_db()
    assert case.decided_at is None


def test_who_may_only_look_decides_nothing_and_others_see_nothing(garden: Room) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    reader = moderator("reader", "view_case")
    assert 'name="_decide"' not in page_of(reader, case)
    assert press(reader, case, "_claim").status_code == 403
    assert reader.post(reverse("admin:messaging_case_next")).status_code == 403
    stranger = moderator("stranger")
    assert stranger.get(reverse("admin:messaging_case_change", args=[case.pk])).status_code == 403
    assert Client().get(reverse(LIST)).status_code == 302


def test_nobody_adds_or_deletes_a_case(garden: Room) -> None:
    case = case_about(garden, by=DANA, seq=1)
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss"))
    assert boss.post(reverse("admin:messaging_case_add")).status_code == 403
    assert boss.post(reverse("admin:messaging_case_delete", args=[case.pk]), {"post": "yes"}).status_code == 403
    assert boss.get(reverse("admin:messaging_case_change", args=[999])).status_code == 404
