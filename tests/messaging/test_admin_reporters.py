"""The admin's page of who reports too much: slowed, freed, and both in the log."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.report_models import SlowedReporter
from rooms.audit_models import AuditEntry
from rooms.models import Member
from tests.factories import ALICE

pytestmark = pytest.mark.django_db


def test_a_reporter_is_slowed_and_freed_and_the_log_has_both(alice: Member) -> None:
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss"))
    until = timezone.localtime() + timedelta(days=7)
    form = {
        "member": ALICE,
        "reason": "reports everybody",
        "until_0": f"{until:%Y-%m-%d}",
        "until_1": f"{until:%H:%M:%S}",
    }
    assert "Alice" in boss.get(reverse("admin:messaging_slowedreporter_add"), {"member": ALICE}).content.decode()
    boss.post(reverse("admin:messaging_slowedreporter_add"), form)
    slowed = SlowedReporter.objects.get()
    assert (slowed.member_id, slowed.staff.username) == (ALICE, "boss")  # type: ignore[union-attr]
    assert "Alice" in boss.get(reverse("admin:messaging_slowedreporter_changelist")).content.decode()
    boss.post(reverse("admin:messaging_slowedreporter_delete", args=[ALICE]), {"post": "yes"})
    assert not SlowedReporter.objects.exists()
    entries = AuditEntry.objects.filter(room_id=0).order_by("number")
    assert list(entries.values_list("act", "member_id")) == [("reporter_slowed", ALICE), ("reporter_freed", ALICE)]
