"""The main server deletes a user by plain SQL: that member hears nothing more, and what they said stays."""

import asyncio
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.utils import translation

from chatproject.errors import MemberNotFound, NotInRoom
from messaging.models import Message
from messaging.server import ChatServer
from messaging.store import selectors
from messaging.store.my_rooms import my_rooms
from messaging.store.selectors import changes_since
from messaging.wire.protocol import MessageObject
from rooms.models import Member, Participant, Room
from rooms.private_rooms import open_private_room
from tests.factories import ALICE, BOB, caller
from tests.messaging.people import TIMEOUT_S, Person, connect, in_thread

GONE = "탈퇴한 사용자"
SHUT_OUT = (4403, "no member any more")


def delete_user(member_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM users WHERE user_id = %s", [member_id])


def delete_place(member_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chat_participants WHERE user_id = %s", [member_id])


def history(room: Room) -> list[MessageObject]:
    page = selectors.history(room_id=room.pk, member_id=ALICE, limit=10)
    return [msgspec.json.decode(message, type=MessageObject) for message in page]


def told(message: MessageObject) -> tuple[str, int | None, str, str]:
    return message.kind, message.sender_id, message.nick_name, message.message


@pytest.mark.usefixtures("quick_sweep")
async def test_every_socket_of_a_deleted_member_ends_within_a_sweep(
    here: ChatServer, alice_here: Person, bob_there: Person, room: Room
) -> None:
    bobs_phone = await connect(here, BOB, is_v1=True)
    await bobs_phone.subscribe(room.pk)
    await in_thread(delete_user, BOB)

    for bob in (bob_there, bobs_phone):
        await bob.sink.until(lambda bob=bob: bob.sink.closed)  # type: ignore[misc]
        assert bob.sink.closed == SHUT_OUT
    await alice_here.say(room.pk, "he is gone")
    await alice_here.hears("he is gone")
    assert bob_there.heard() == bobs_phone.heard() == []
    assert await in_thread(Participant.objects.filter(room=room).count) == 1


@pytest.mark.usefixtures("quick_sweep")
async def test_whose_place_alone_is_deleted_hears_nothing_more_after_a_sweep_and_the_others_do(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.repair.PLACES_PER_SWEEP", 1)  # each has their turn
    alice_there = await connect(bob_there.server, ALICE)
    await alice_there.subscribe(room.pk)
    await in_thread(delete_place, BOB)
    assert await bob_there.gets("removed") == {"type": "removed", "roomId": room.pk, "reason": "removed"}
    await alice_here.say(room.pk, "he is gone")
    await alice_there.hears("he is gone")
    assert bob_there.heard() == []
    assert bob_there.sink.closed is None


@pytest.mark.usefixtures("quick_sweep")
async def test_the_rosters_of_their_rooms_move(bob_there: Person, room: Room) -> None:
    before = room.roster_version
    await in_thread(delete_user, BOB)
    await bob_there.sink.until(lambda: bob_there.sink.closed)

    def moved() -> bool:
        room.refresh_from_db()
        return room.roster_version > before

    async with asyncio.timeout(TIMEOUT_S):
        while not await in_thread(moved):
            pass


async def test_before_the_sweep_a_deleted_member_says_nothing_more(bob_listens: Person, room: Room) -> None:
    await in_thread(delete_user, BOB)
    with pytest.raises(NotInRoom):
        await bob_listens.say(room.pk, "still here?")
    assert await in_thread(Message.objects.count) == 0


async def test_a_deleted_member_connects_no_more(server: ChatServer, room: Room) -> None:
    await in_thread(delete_user, BOB)
    with pytest.raises(MemberNotFound):
        await connect(server, BOB)


async def test_what_a_deleted_member_said_stays_under_no_name(
    alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    await bob_listens.say(room.pk, "remember me", client_id="0190a3c4-7b1e-7cc2-9f00-0123456789ab")
    await alice_listens.say(room.pk, "who?")
    await in_thread(delete_user, BOB)

    for read in (
        lambda: history(room),
        lambda: changes_since(room_id=room.pk, since=0).messages,  # type: ignore[union-attr]
    ):
        messages = await in_thread(read)
        assert list(map(told, messages)) == [
            ("member", None, GONE, "remember me"),
            ("member", ALICE, "Alice", "who?"),
        ]


async def test_whoever_reads_english_reads_it_in_english(alice: Member, bob: Member, bob_listens: Person) -> None:
    room = await in_thread(Room.objects.get)
    await bob_listens.say(room.pk, "remember me")
    await in_thread(delete_user, BOB)

    def read_in_english() -> Any:
        with translation.override("en"):
            return history(room)[0].nick_name

    assert await in_thread(read_in_english) == "former member"


async def test_a_private_room_stays_with_whoever_is_left(
    transactional_db: None, alice: Member, bob: Member
) -> None:
    room, _change = await in_thread(open_private_room, caller=caller(BOB), other_member_id=ALICE)
    await in_thread(delete_user, BOB)
    (mine,) = await in_thread(my_rooms, member_id=ALICE)
    assert (mine["roomId"], mine["roomName"], mine["isGroupChat"]) == (room.pk, f"Alice-{GONE}", False)
