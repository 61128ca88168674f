"""The admin's pages of files: found, looked at with a reason, taken away, and what they take."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.file_models import File
from messaging.models import Message
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


def person(*codenames: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user("-".join(codenames), is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.fixture
def mina() -> Client:
    return person("view_file", "change_file", "view_message")


@pytest.fixture
def file(room: Room) -> File:
    say(room, "look", sender_id=BOB, now=timezone.now())
    return have_file(room, BOB, seq=1, name="<b>노을.jpg")


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"admin:messaging_file_{name}", args=args), query_params=query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, name: str, file: File, **fields: Any) -> str:
    answer = client.post(reverse(f"admin:messaging_file_{name}", args=[file.pk]), fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_files_are_found_by_room_member_and_number(mina: Client, file: File, room: Room) -> None:
    have_file(999_999, None, name="other.pdf", file_id=999_998)  # none of the numbers looked for
    for term in (str(file.pk), str(room.pk), str(BOB), "Gard", "Bo"):
        found = page(mina, "changelist", q=term)
        assert "&lt;b&gt;노을.jpg" in found, term
        assert "other.pdf" not in found, term
    assert "노을.jpg" not in page(mina, "changelist", q="Kitchen")
    assert "노을.jpg" not in page(mina, "changelist", state__exact="gone")


def test_what_nobody_reported_is_only_named(mina: Client, file: File) -> None:
    shown = page(mina, "change", file.pk)
    assert "Look at it" not in shown
    assert "Take it away" in shown
    assert "/v1/files/" not in press(mina, "look", file)
    assert not AuditEntry.objects.exists()


def test_what_is_hidden_is_looked_at_by_an_address(mina: Client, file: File) -> None:
    Message.objects.update(hidden_at=timezone.now())
    assert "Look at it" in page(mina, "change", file.pk)
    assert '<a href="/v1/files/' in press(mina, "look", file)
    assert AuditEntry.objects.get().act == "file_seen"


def test_what_is_taken_away_is_gone(mina: Client, file: File) -> None:
    assert "Say why" in press(mina, "take_away", file, reason=" ")
    assert "nobody gets it any more" in press(mina, "take_away", file, reason="불법")
    file.refresh_from_db()
    assert (file.state, file.is_untold) == ("gone", False)
    assert "Take it away" not in page(mina, "change", file.pk)
    assert AuditEntry.objects.get().reason == "불법"


def test_who_only_looks_at_the_list_does_nothing(file: File) -> None:
    joon = person("view_file")
    assert "노을.jpg" in page(joon, "changelist")
    assert "Take it away" not in page(joon, "change", file.pk)
    for name in ("look", "take_away"):
        address = reverse(f"admin:messaging_file_{name}", args=[file.pk])
        assert joon.post(address, {"reason": "x"}).status_code == 403
    stranger = person("view_case")
    for address in (reverse("admin:messaging_file_changelist"), reverse("admin:messaging_file_use")):
        assert stranger.get(address).status_code == 403


def test_a_look_is_never_a_mere_visit(mina: Client, file: File) -> None:
    assert mina.get(reverse("admin:messaging_file_look", args=[file.pk])).status_code == 403


def test_what_files_take(mina: Client, file: File, room: Room) -> None:
    shown = page(mina, "use")
    assert f"{room.pk} · Garden" in shown
    assert "1.5\xa0KB" in shown
