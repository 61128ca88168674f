"""Legal holds in the admin: who may makes and lifts them; what they keep few see, and each look is logged."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.personal_models import HeldRecord, LegalHold
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import BOB

pytestmark = pytest.mark.django_db

ADD, LIST = "admin:messaging_legalhold_add", "admin:messaging_legalhold_changelist"
RECORDS = "admin:messaging_heldrecord_changelist"


def client_of(name: str, *permissions: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def form(**fields: object) -> dict[str, object]:
    until = timezone.localtime() + timedelta(days=30)
    usual = {"member_id": BOB, "room_id": "", "reason": "서울중앙지법 2026-77"}
    return usual | {"until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M:%S}"} | fields


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("act", flat=True))


@pytest.mark.usefixtures("bob")
def test_a_hold_is_made_and_lifted_and_both_are_logged() -> None:
    client = client_of("lawyer", "add_legalhold", "view_legalhold")
    assert client.post(reverse(ADD), form()).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.member_id, hold.room_id, hold.staff_id) == (BOB, None, User.objects.get().pk)
    assert "서울중앙지법" in client.get(reverse(LIST)).content.decode()
    client.post(reverse(LIST), {"action": "lift", "_selected_action": [hold.pk]})
    assert LegalHold.objects.get().lifted_at is not None
    assert acts() == ["hold_made", "hold_lifted"]
    assert client.post(reverse("admin:messaging_legalhold_change", args=[hold.pk]), form()).status_code == 403


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize(
    "fields",
    [{"room_id": 1}, {"member_id": ""}, {"member_id": 99}, {"reason": " "}, {"until_0": "2020-01-01"}],
    ids=str,
)
def test_what_could_be_no_hold_is_said_in_the_form(fields: dict[str, object]) -> None:
    client = client_of("lawyer", "add_legalhold", "view_legalhold")
    assert "errorlist" in client.post(reverse(ADD), form(**fields)).content.decode()
    assert (LegalHold.objects.count(), acts()) == (0, [])


def test_what_a_hold_keeps_is_seen_with_the_permission_alone_and_each_look_is_logged(room: Room) -> None:
    hold = LegalHold.objects.create(room_id=room.pk, reason="…", made_at=timezone.now(), until=timezone.now())
    moment = {"made_at": timezone.now(), "kept_at": timezone.now()}
    record = HeldRecord.objects.create(hold=hold, kind="message", seq=1, contents='{"text": "비밀"}', **moment)
    page = reverse("admin:messaging_heldrecord_change", args=[record.pk])
    clerk = client_of("clerk", "add_legalhold", "view_legalhold", "view_message")
    assert [clerk.get(address).status_code for address in (reverse(RECORDS), page)] == [403, 403]
    assert acts() == []
    reader = client_of("reader", "view_heldrecord")
    assert "비밀" not in reader.get(reverse(RECORDS), {"hold__hold_id__exact": hold.pk}).content.decode()
    assert acts() == []
    for _look in range(2):
        assert "비밀" in reader.get(page).content.decode()
    assert acts() == ["held_record_seen"] * 2
    assert reader.get(reverse(RECORDS), {"contents__startswith": "비"}).status_code == 400  # not by its words
    assert reader.post(page, {}).status_code == 403
