"""Staff make keys of the main server in the admin: each is shown once, and ended there."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatproject.server_api.errors import KeyRefused
from chatproject.server_api.keys import recognise
from chatproject.server_api.models import ServerKey
from rooms.audit_models import AuditEntry

pytestmark = pytest.mark.django_db

ADD, LIST = "admin:server_api_serverkey_add", "admin:server_api_serverkey_changelist"
FORM = {"name": "main", "scopes": ["rooms", "notices"], "ends_at_0": "", "ends_at_1": ""}


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


def made(staff: Client) -> str:
    page = staff.post(reverse(ADD), FORM)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    found = re.search(r"<code>(chk_\w{12}_[\w-]{43})</code>", page.content.decode())
    assert found, page.content.decode()
    return found[1]


def test_a_key_is_shown_once_and_its_use_after_that(staff: Client) -> None:
    shown = made(staff)
    assert recognise(shown, now=timezone.now()).scopes == {"rooms", "notices"}
    page = staff.get(reverse(LIST)).content.decode()
    assert ("sofia" in page, "rooms, notices" in page, ServerKey.objects.get().prefix in page) == (True,) * 3
    assert shown[17:] not in page
    assert shown[17:] not in str(staff.cookies)
    assert [entry.act for entry in AuditEntry.objects.all()] == ["key_made"]
    assert shown[17:] not in staff.get(reverse("admin:index")).content.decode()


def test_a_key_is_ended(staff: Client) -> None:
    shown, key = made(staff), ServerKey.objects.get()
    staff.post(reverse(LIST), {"action": "end", "_selected_action": [key.pk]})
    with pytest.raises(KeyRefused):
        recognise(shown, now=timezone.now())
    assert AuditEntry.objects.filter(act="key_ended", actor_kind="staff").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"ends_at_0": "2020-01-01", "ends_at_1": "00:00:00"},
    ],
)
def test_what_makes_no_key_is_said_in_the_form(staff: Client, wrong: dict[str, object]) -> None:
    page = staff.post(reverse(ADD), FORM | wrong)
    assert "errorlist" in page.content.decode()
    assert not ServerKey.objects.exists()


def test_nobody_changes_or_deletes_one_and_who_may_only_look_ends_none(staff: Client) -> None:
    made(staff)
    key = ServerKey.objects.get()
    for name in ("change", "delete"):
        page = staff.post(reverse(f"admin:server_api_serverkey_{name}", args=[key.pk]), {**FORM, "post": "yes"})
        assert page.status_code == 403
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_serverkey"))
    client = Client()
    client.force_login(viewer)
    client.post(reverse(LIST), {"action": "end", "_selected_action": [key.pk]})
    assert client.post(reverse(ADD), FORM).status_code == 403
    key.refresh_from_db()
    assert key.ends_at is None
