"""The admin's queue of objections: what is said against what, answered once, and nothing of it as HTML."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging import sanctioning
from messaging.wire.client_frames import Mute
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import objections, ranks
from rooms.moderation_models import Objection, Sanction
from tests.factories import BOB
from tests.messaging.reported_room import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def objection(room: Room) -> Objection:
    garden = fill(room)
    until = wire_time(timezone.now() + timedelta(days=1))
    asked = Mute(room_id=garden.pk, member_id=BOB, until=until, reason="<b>rude</b>")
    sanctioning.carry_out(HttpRequest(), asked, by=ranks.staff())
    sanction = Sanction.objects.get()
    return objections.object_to(
        sanction_id=sanction.pk, member_id=BOB, words="<script>alert(1)</script>", now=timezone.now()
    )


def staff(*codenames: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user("-".join(codenames) or "nobody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_an_objection_is_shown_as_text_and_granted(objection: Objection) -> None:
    mina = staff("view_objection", "change_objection")
    page = reverse("admin:rooms_objection_change", args=[objection.pk])
    html = mina.get(page).content.decode()
    for text in ("&lt;script&gt;alert(1)", "&lt;b&gt;rude", "Bob", "Garden", 'name="_answer"'):
        assert text in html
    assert "<script>alert" not in html
    assert "This field is required." in mina.post(page, {"_answer": "x", "decision": "granted"}).content.decode()
    answered = mina.post(page, {"_answer": "x", "decision": "granted", "answer": "We erred."}, follow=True)
    html = answered.content.decode()
    assert "We erred." in html
    assert 'name="_answer"' not in html
    assert Sanction.objects.get().lifted_at is not None
    again = mina.post(page, {"_answer": "x", "decision": "upheld", "answer": "no"}, follow=True)
    assert "That was decided already." in again.content.decode()
    assert "Bob" in mina.get(reverse("admin:rooms_objection_changelist")).content.decode()


def test_who_may_only_look_answers_nothing(objection: Objection) -> None:
    reader = staff("view_objection")
    page = reverse("admin:rooms_objection_change", args=[objection.pk])
    assert 'name="_answer"' not in reader.get(page).content.decode()
    assert reader.post(page, {"_answer": "x", "decision": "granted", "answer": "…"}).status_code == 403
    assert staff().get(page).status_code == 403
