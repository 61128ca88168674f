"""The admin's page that says why a member did, or did not, get a message."""

import httpx
import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from chatproject.asgi import Process
from messaging.admin_conversation import address_of
from messaging.models import Message
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_private_room
from tests.messaging.people import connect, in_thread
from tests.messaging.store.doing import say


def sign_in(*codenames: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user("mina", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def page_of(message: Message) -> str:
    return reverse("admin:messaging_message_delivery", args=[message.pk])


@pytest.mark.django_db
def test_it_is_for_staff_who_may_and_linked_for_them_alone(room: Room) -> None:
    say(room, "hello", sender_id=ALICE)
    message = Message.objects.get()
    reader = sign_in("view_message")
    assert page_of(message) not in reader.get(address_of(room.pk)).content.decode()
    assert reader.get(page_of(message)).status_code == 403
    User.objects.get().user_permissions.add(Permission.objects.get(codename="ask_delivery"))
    for address in (address_of(room.pk), reverse("admin:messaging_message_change", args=[message.pk])):
        assert page_of(message) in reader.get(address).content.decode()
    assert 'name="member_id" value="3"' in reader.get(f"{page_of(message)}?member=3").content.decode()
    asked = reader.post(page_of(message), {"member_id": BOB}).content.decode()
    assert "since after message" in asked
    assert "hello" not in asked
    assert not AuditEntry.objects.exists()
    assert "verdict" not in reader.post(page_of(message), {"member_id": "x"}).content.decode()


@pytest.mark.django_db
def test_each_look_at_a_private_room_is_in_its_audit_log(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    say(room, "비밀 이야기", sender_id=ALICE)
    mina = sign_in("ask_delivery")
    asked = mina.post(page_of(Message.objects.get()), {"member_id": BOB}).content.decode()
    assert "비밀" not in asked
    entry = AuditEntry.objects.get()
    assert (entry.room_id, entry.act, entry.member_id, entry.seq) == (room.pk, "delivery_asked", BOB, 1)
    assert entry.actor_id == User.objects.get().pk


async def test_the_servers_own_process_is_asked(process: Process, room: Room) -> None:
    process.chat_server.start()
    alice = await connect(process.chat_server, ALICE)
    bob = await connect(process.chat_server, BOB)
    await bob.subscribe(room.pk)
    await alice.say(room.pk, "hello")
    await bob.hears("hello")
    mina = await in_thread(sign_in, "ask_delivery")
    message = await in_thread(Message.objects.get)
    cookies = {"sessionid": mina.cookies["sessionid"].value, "csrftoken": "a" * 32}
    transport = httpx.ASGITransport(process)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as browser:
        form = {"member_id": BOB, "csrfmiddlewaretoken": "a" * 32}
        answer = await browser.post(page_of(message), data=form, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "it was handed to 1 of their sockets" in answer.text
    assert "let it out at" in answer.text
