"""The admin's page of what was said in a room; and that nobody reads a private one without saying why."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.admin_conversation import LINES, OPENED, address_of
from messaging.models import Message
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_private_room
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


def staff(*codenames: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user("mina", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.fixture
def mina() -> Client:
    return staff("view_message")


@pytest.fixture
def private(alice: Member, bob: Member) -> Room:
    room = make_private_room(alice, bob)
    say(room, "비밀 이야기", sender_id=ALICE)
    return room


def read(client: Client, room: Room, **query: Any) -> str:
    answer = client.get(address_of(room.pk), query_params=query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_said_is_read_in_its_order(mina: Client, room: Room) -> None:
    say(room, "<b>first</b>", "second", sender_id=ALICE)
    Message.objects.filter(seq=2).update(deleted_at=timezone.now())
    page = read(mina, room)
    assert page.index("&lt;b&gt;first") < page.index("second")
    assert 'class="gone">second' in page
    assert not AuditEntry.objects.exists()


def test_a_long_room_is_read_in_pages_and_around_a_message(mina: Client, room: Room) -> None:
    for start in range(1, 2 * LINES + 1, 50):
        say(room, *(f"said {number}." for number in range(start, start + 50)), sender_id=BOB)
    newest = read(mina, room)
    assert "said 200." in newest
    assert "said 100." not in newest
    assert "?before=101" in newest
    assert "said 100." in read(mina, room, before=101)
    assert "said 101." not in read(mina, room, before=101)
    assert "said 101." in read(mina, room, after=100)
    around = read(mina, room, seq=60)
    assert 'id="said-60" class="marked"' in around
    assert "said 11." in around
    assert "said 110." in around
    assert "said 111." not in around
    assert "said 200." in read(mina, room, before="²", after="-1", seq="9" * 30)


def test_a_private_room_opens_to_who_says_why_and_that_is_logged(mina: Client, private: Room) -> None:
    assert "비밀 이야기" not in read(mina, private)
    assert "비밀 이야기" not in mina.post(address_of(private.pk), {"reason": "  "}).content.decode()
    assert not AuditEntry.objects.exists()

    answer = mina.post(address_of(private.pk), {"reason": "수사 협조 요청"}, follow=True)

    assert "비밀 이야기" in answer.content.decode()
    logged = AuditEntry.objects.get()
    assert (logged.act, logged.room_id, logged.reason) == ("private_room_read", private.pk, "수사 협조 요청")
    assert logged.actor_id == User.objects.get().pk


def test_after_a_while_it_is_closed_again(mina: Client, private: Room) -> None:
    mina.post(address_of(private.pk), {"reason": "신고 확인"})
    session = mina.session
    session[OPENED] = dict.fromkeys(session[OPENED], 1.0)
    session.save()
    assert "비밀 이야기" not in read(mina, private)


def test_lists_and_single_messages_show_nothing_of_it_by_the_way(mina: Client, private: Room) -> None:
    one = Message.objects.get()
    for query in ({}, {"q": "alice"}, {"q": "비밀"}):
        answer = mina.get(reverse("admin:messaging_message_changelist"), query_params=query)
        assert "비밀 이야기" not in answer.content.decode()
    alone = mina.get(reverse("admin:messaging_message_change", args=[one.pk]))
    assert (alone.status_code, alone["Location"]) == (302, address_of(private.pk, one.seq))
    mina.post(address_of(private.pk), {"reason": "신고 확인"})
    assert "비밀 이야기" in mina.get(reverse("admin:messaging_message_change", args=[one.pk])).content.decode()


@pytest.mark.parametrize("lookup", ["contents__startswith", "contents", "earlier_texts__contents__startswith"])
def test_nor_are_its_words_guessed_letter_by_letter(mina: Client, private: Room, lookup: str) -> None:
    guessed = mina.get(reverse("admin:messaging_message_changelist"), query_params={lookup: "비밀 이야기"})
    assert guessed.status_code == 400


def test_who_may_not_look_at_messages_reads_no_room(room: Room) -> None:
    assert staff("view_room").get(address_of(room.pk)).status_code == 403


def test_there_are_no_rooms_but_those_there_are(mina: Client) -> None:
    assert mina.get(address_of(999_999)).status_code == 404
