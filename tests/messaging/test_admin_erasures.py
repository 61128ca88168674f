"""Staff erase a member in the admin: asked once more with what goes, and a receipt that nobody changes."""

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.personal.erasing import orders
from messaging.personal_models import Erasure
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.audit import Actor
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:messaging_erasure_add", "admin:messaging_erasure_changelist"
FORM = {"member_id": BOB, "reason": "탈퇴 요청"}


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def staff(db: None) -> Client:
    return client_of(User.objects.create_superuser("sofia"))


def test_it_is_asked_once_more_with_what_goes_and_then_ordered(staff: Client, room: Room) -> None:
    say(room, "one", "two", sender_id=BOB)
    report(room, by=ALICE, member_id=BOB)
    asked = staff.post(reverse(ADD), FORM).content.decode()
    for words in ("Erase member 3?", "Bob #3", "messages: 2", "rooms: 1", "1 open cases are about them"):
        assert words in asked, words
    assert not Erasure.objects.exists()

    assert staff.post(reverse(ADD), {**FORM, "confirmed": "yes"}).status_code == 302
    order = Erasure.objects.get()
    assert (order.member_id, order.asked_by_kind, order.state) == (BOB, "staff", "waiting")
    assert order.asked_by_id == User.objects.get().pk
    assert AuditEntry.objects.values_list("act", "reason").get() == ("erasure_asked", "탈퇴 요청")


def test_receipts_are_found_by_number_and_nobody_changes_them(staff: Client, bob: Member) -> None:
    order = orders.ask(member_id=BOB, by=Actor.staff(None), now=timezone.now()).order
    Erasure.objects.update(counts=json.dumps({"_begun": 1, "messages": 310, "held": 2}))
    shown = staff.get(reverse(LIST), {"q": str(BOB)}).content.decode()
    assert "messages 310, records kept by holds 2" in shown
    assert "messages 310" not in staff.get(reverse(LIST), {"q": "999"}).content.decode()
    page = reverse("admin:messaging_erasure_change", args=[order.pk])
    assert staff.get(page).status_code == 200
    assert staff.post(page, FORM).status_code == 403
    assert staff.post(reverse("admin:messaging_erasure_delete", args=[order.pk])).status_code == 403


def test_who_may_see_receipts_may_not_order_any(staff: Client, bob: Member) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_erasure"))
    client = client_of(clerk)
    assert client.get(reverse(LIST)).status_code == 200
    for fields in (FORM, {**FORM, "confirmed": "yes"}):
        assert client.post(reverse(ADD), fields).status_code == 403
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("fields", [{"member_id": "0"}, {"member_id": "Bob"}, {"reason": ""}])
def test_what_would_make_no_sense_is_said_in_the_form(staff: Client, fields: dict[str, str]) -> None:
    answer = staff.post(reverse(ADD), FORM | fields)
    assert "errorlist" in answer.content.decode()
    assert not Erasure.objects.exists()
