"""What REST changes is told to live sockets: one ASGI application takes both."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from chatproject.asgi import Process
from messaging.models import Message
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import Socket, opened_v1, opened_v2

CSRF = "a" * 32


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def call(http: httpx.AsyncClient, method: str, path: str, member_id: int) -> None:
    response = await http.request(method, f"/v1/chat{path}", headers={"access": token_for(member_id)})
    assert response.status_code == 200, response.text


async def say(socket: Socket, room: Room, text: str) -> None:
    assert (await socket.ask(type="chat", roomId=room.pk, message=text))["type"] == "ack"


async def test_who_joins_is_told_to_the_room_and_may_listen(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    alice, charlie = await opened_v2(process, ALICE, room.pk), await opened_v2(process, CHARLIE)
    assert (await charlie.ask(type="subscribe", roomId=room.pk))["code"] == "E-AU002"
    await call(http, "POST", f"/room/group/{room.pk}/join", CHARLIE)
    joined = await alice.receive()
    assert joined == {"type": "joined", "roomId": room.pk, "memberId": CHARLIE, "nickName": "Charlie", "seq": 0}
    assert (await charlie.ask(type="subscribe", roomId=room.pk))["type"] == "subscribed"
    await say(alice, room, "welcome")
    assert (await charlie.gets("chat"))["message"] == "welcome"


async def test_the_history_says_in_which_epoch_its_numbers_count(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    await opened_v2(process, ALICE, room.pk)
    answer = await http.get(f"/v1/chat/history/{room.pk}", headers={"access": token_for(ALICE)})
    assert answer.headers["chat-epoch"] == process.chat_server.epochs.current != ""


async def test_who_is_put_into_a_room_hears_it_on_every_socket(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    bob, elsewhere = await opened_v2(process, BOB), await opened_v2(process, BOB, room.pk)
    alice, charlie = await opened_v2(process, ALICE), await opened_v2(process, CHARLIE)
    await call(http, "POST", f"/room/private/create?otherMemberId={BOB}", ALICE)
    await call(http, "POST", f"/room/private/create?otherMemberId={ALICE}", BOB)  # it is there already
    private = await in_thread(Room.objects.get, is_group_chat=False)
    for socket in (bob, elsewhere):
        assert await socket.receive() == {
            "type": "joined",
            "roomId": private.pk,
            "memberId": BOB,
            "nickName": "Bob",
            "seq": 0,
        }
    for socket in (alice, bob, charlie):
        assert (await socket.ask(type="ping"))["type"] == "pong"
    assert (await bob.ask(type="subscribe", roomId=private.pk))["type"] == "subscribed"


async def test_joining_again_is_not_told(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await call(http, "POST", f"/room/group/{room.pk}/join", BOB)
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_who_leaves_hears_nothing_more_on_any_socket(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    laptop, phone = await opened_v2(process, BOB, room.pk), await opened_v2(process, BOB, room.pk)
    old = await opened_v1(process, BOB, room.pk)
    await old.send({"type": "subscribe", "roomId": room.pk})
    await call(http, "DELETE", f"/room/group/{room.pk}/leave", BOB)
    for socket in (laptop, phone):
        assert await socket.receive() == {"type": "removed", "roomId": room.pk, "reason": "left"}
    assert (await alice.gets("left"))["memberId"] == BOB
    await say(alice, room, "he is gone")
    for socket in (laptop, phone):
        assert (await socket.ask(type="chat", roomId=room.pk, message="still me"))["code"] == "E-AU002"
    # back again, the old client hears from now on only
    await call(http, "POST", f"/room/group/{room.pk}/join", BOB)
    await old.send({"type": "subscribe", "roomId": room.pk})
    await old.send({"type": "chat", "roomId": room.pk, "message": "back"})
    assert (await old.receive())["message"] == "back"


async def test_a_read_mark_is_told_to_the_room(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await say(alice, room, "hello")
    await call(http, "POST", f"/room/{room.pk}/read", BOB)
    assert await alice.gets("read") == {"type": "read", "roomId": room.pk, "memberId": BOB, "seq": 1}


async def test_the_last_one_out_ends_the_room(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    for member_id in (BOB, ALICE):
        await call(http, "DELETE", f"/room/group/{room.pk}/leave", member_id)
    assert (await alice.gets("removed"))["reason"] == "left"
    assert (await alice.ask(type="chat", roomId=room.pk, message="anyone?"))["code"] == "E-R001"
    assert not await in_thread(Room.objects.filter(pk=room.pk).exists)


@pytest.fixture
def staff(client: Client, transactional_db: None) -> Client:
    client.force_login(User.objects.create_superuser("staff"))
    return client


async def submit(process: Process, staff: Client, path: str, **data: Any) -> None:
    """Send a form of the admin's, as a browser does."""
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    cookies = {name: morsel.value for name, morsel in staff.cookies.items()} | {"csrftoken": CSRF}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as browser:
        answer = await browser.post(path, data={**data, "csrfmiddlewaretoken": CSRF})
    assert answer.status_code == 302, answer.text


async def test_who_is_taken_out_in_the_admin_is_told_to_the_room(
    process: Process, staff: Client, room: Room
) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    place = await in_thread(lambda: Participant.objects.get(room=room, member_id=BOB))
    await submit(process, staff, f"/admin/rooms/participant/{place.pk}/delete/", post="yes")
    assert (await bob.gets("removed"))["roomId"] == room.pk
    assert (await alice.gets("left"))["memberId"] == BOB


async def test_what_is_deleted_in_the_admin_leaves_the_screens(
    process: Process, staff: Client, room: Room
) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await say(alice, room, "an insult")
    message = await in_thread(Message.objects.get)
    chosen = {"action": "delete_messages", "_selected_action": message.pk, "post": "yes"}
    await submit(process, staff, "/admin/messaging/message/", **chosen)
    changed = await bob.gets("changed")
    assert (changed["message"], changed["senderId"], changed["deletedBy"]) == ("", None, "moderator")


async def test_the_own_sockets_hear_whom_one_blocks_and_nobody_else_hears_anything(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    laptop, phone, bob = [await opened_v2(process, member_id, room.pk) for member_id in (ALICE, ALICE, BOB)]
    await call(http, "PUT", f"/me/blocked/{BOB}", ALICE)
    for socket in (laptop, phone):
        assert await socket.receive() == {"type": "blocked", "memberIds": [BOB]}
    await call(http, "DELETE", f"/me/blocked/{BOB}", ALICE)
    assert await laptop.receive() == {"type": "blocked", "memberIds": []}
    await say(bob, room, "still here")
    assert (await bob.gets("chat", "blocked"))["type"] == "chat"


async def test_what_bob_makes_of_a_room_in_his_list_his_other_sockets_hear(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    bob, elsewhere = await opened_v2(process, BOB, room.pk), await opened_v2(process, BOB)
    path, headers = f"/v1/chat/room/{room.pk}/mine", {"access": token_for(BOB)}
    assert (await http.put(path, json={"pinned": True, "unread": True}, headers=headers)).json()["data"] is None
    own = {"type": "mine", "roomId": room.pk, "pinned": True, "hidden": False, "unread": True}
    for socket in (bob, elsewhere):
        assert await socket.gets("mine") == own
    await bob.send({"type": "read", "roomId": room.pk, "seq": 0})  # he looks at it again, on one of his devices
    assert await elsewhere.gets("mine") == own | {"unread": False}
    assert (await http.put(path, json={"hidden": True}, headers=headers)).json()["code"] == "E-C001"
