"""The admin's list of signals: what staff change counts, and can be tried before."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from messaging.care_models import SignalWord
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

ADD = "admin:messaging_signalword_add"
NEW = {"pattern": "우울의  늪", "note": "비유", "is_active": "on"}


@pytest.fixture
def staff() -> Client:
    SignalWord.objects.all().delete()
    SignalWord.objects.create(pattern="죽고 싶", updated_at=datetime.now(UTC))
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


def tried(client: Client, **fields: str) -> str:
    answer = client.post(reverse(ADD), {**NEW, "_try": "1", **fields})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_phrase_is_tried_on_sentences_and_on_what_was_said_and_not_saved(staff: Client, room: Room) -> None:
    Room.objects.update(is_counselling=True)
    say(room, "안녕", "우울의 늪이에요 <b>", "죽고 싶은 우울의 늪", sender_id=ALICE)
    shown = tried(staff, sentences="우울의 늪에서\n죽고 싶다\n안녕")

    assert "<strong>noticed</strong>: 우울의 늪에서" in shown
    assert "<strong>noticed</strong>: 죽고 싶다" in shown
    assert "not noticed: 안녕" in shown
    assert "Of the newest 3 messages in counselling rooms it changes 1." in shown
    assert "우울의 늪이에요 &lt;b&gt;" in shown
    assert SignalWord.objects.count() == 1


def test_who_may_not_look_at_messages_reads_none_on_the_bench(staff: Client, room: Room) -> None:
    Room.objects.update(is_counselling=True)
    say(room, "우울의 늪이에요", sender_id=ALICE)
    user = User.objects.create_user("bench", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_signalword"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)

    shown = tried(client)
    assert "it changes 1." in shown
    assert "우울의 늪이에요" not in shown


def test_a_phrase_is_saved_as_it_is_looked_for_and_what_would_be_found_everywhere_is_not(staff: Client) -> None:
    assert staff.post(reverse(ADD), NEW).status_code == 302
    assert SignalWord.objects.filter(pattern="우울의 늪", note="비유").exists()
    for pattern in ("ㅇ", "!", "가*나*다*라*마"):
        assert "found nearly everywhere" in tried(staff, pattern=pattern)
    word = SignalWord.objects.get(pattern="우울의 늪")
    assert (
        staff.post(reverse("admin:messaging_signalword_delete", args=[word.pk]), {"post": "yes"}).status_code
        == 302
    )
