"""The admin's pages of where people help, and of the sentences that were reviewed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.admin_care import CHECKED_WITHIN
from messaging.care_models import CareText, HelpLine
from tests.messaging.care import ship

pytestmark = pytest.mark.django_db

STALE = 'field-is_fresh"><img src="/static/admin/img/icon-no.svg"'


@pytest.fixture
def staff() -> Client:
    ship()
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


def show(staff: Client, page: str, *about: object) -> str:
    answer = staff.get(reverse(f"admin:messaging_{page}", args=about))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_number_that_nobody_checked_for_half_a_year_is_marked(staff: Client) -> None:
    HelpLine.objects.update(checked_on=timezone.localdate())
    assert STALE not in show(staff, "helpline_changelist")
    old = timezone.localdate() - CHECKED_WITHIN - timedelta(days=1)
    HelpLine.objects.filter(number="119").update(checked_on=old)

    assert show(staff, "helpline_changelist").count(STALE) == 1


def test_sentences_are_changed_and_neither_made_nor_deleted(staff: Client) -> None:
    answer = staff.post(
        reverse("admin:messaging_caretext_change", args=["card"]), {"text": "우리가 쓴 말", "text_en": "Our words"}
    )

    assert answer.status_code == 302
    assert CareText.objects.get(use="card").text == "우리가 쓴 말"
    assert "Our words" in show(staff, "caretext_change", "card")
    assert staff.get(reverse("admin:messaging_caretext_add")).status_code == 403
    assert staff.post(reverse("admin:messaging_caretext_delete", args=["card"])).status_code == 403
