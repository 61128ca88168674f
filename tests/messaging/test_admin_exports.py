"""Staff ask for a member's export in the admin and fetch it, both in the log; who may only look does neither."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.personal.exports.links import read_link
from messaging.personal_models import Export
from rooms.audit_models import AuditEntry
from rooms.models import Member
from tests.factories import BOB

pytestmark = pytest.mark.django_db
ADD, LIST = reverse("admin:messaging_export_add"), reverse("admin:messaging_export_changelist")
FORM = {"member_id": BOB, "language": "en", "reason": "요청 2026-77"}


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def staff(db: None) -> Client:
    return client_of(User.objects.create_superuser("sofia"))


def fetch(client: Client) -> tuple[int, str]:
    answer = client.get(reverse("admin:messaging_export_fetch", args=[Export.objects.get().pk]))
    return answer.status_code, answer.headers.get("location", "")


def test_it_is_asked_for_and_fetched_when_it_is_ready(staff: Client, bob: Member) -> None:
    assert staff.post(ADD, FORM).status_code == 302
    assert staff.post(ADD, FORM).status_code == 302  # the same
    export = Export.objects.get()
    assert (export.member_id, export.asked_by_kind, export.language, export.state) == (
        BOB,
        "staff",
        "en",
        "waiting",
    )
    assert fetch(staff) == (302, LIST)
    now = timezone.now()
    Export.objects.update(state="ready", size=9, ready_at=now, expires_at=now + timedelta(days=1))
    assert "it holds what was said in private" in staff.get(LIST, {"q": str(BOB)}).content.decode()
    status, link = fetch(staff)
    assert (status, read_link(link.rpartition("/")[2]).member_id) == (302, BOB)
    logged = AuditEntry.objects.order_by("pk").values_list("act", "member_id", "reason")
    assert list(logged) == [("export_asked", BOB, "요청 2026-77"), ("export_fetched", BOB, "")]
    assert staff.get(reverse("admin:messaging_export_change", args=[export.pk])).status_code == 200


def test_who_may_only_look_neither_asks_nor_fetches(staff: Client, bob: Member) -> None:
    staff.post(ADD, FORM)
    Export.objects.update(state="ready", ready_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1))
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_export"))
    client = client_of(clerk)
    assert client.get(LIST).status_code == 200
    assert client.post(ADD, FORM).status_code == 403
    assert fetch(client)[0] == 403
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    "fields", [{"member_id": "404"}, {"member_id": "Bob"}, {"reason": ""}, {"language": "fr"}]
)
def test_what_would_make_no_sense_is_said_in_the_form(staff: Client, bob: Member, fields: dict[str, str]) -> None:
    assert "errorlist" in staff.post(ADD, FORM | fields).content.decode()
    assert not Export.objects.exists()
