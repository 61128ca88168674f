"""One ChatServer on a real database: who hears what is said, limits, who comes."""

import asyncio

import pytest
from django.utils import timezone

from chatproject.errors import (
    MemberNotFound,
    NotInRoom,
    RoomNotFound,
    StoreUnavailable,
    TooManyRequests,
)
from messaging.limits import Limits
from messaging.server import ChatServer
from rooms.models import Member, Room
from rooms.services import RosterChange, join_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room
from tests.messaging.people import TIMEOUT_S, Person, StartServer, connect, in_thread, soon

UUID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"


async def test_what_alice_says_bob_hears_and_she_herself(
    alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    stored = await alice_listens.say(room.pk, "안녕 👋")
    for person in (alice_listens, bob_listens):
        await person.hears("안녕 👋")
        (chat,) = person.sink.of_type("chat")
        assert (chat["seq"], chat["version"], chat["senderId"], chat["nickName"]) == (1, 1, ALICE, "Alice")
        assert chat["clientId"] == stored.message.client_id


async def test_who_did_not_subscribe_hears_nothing(server: ChatServer, alice_listens: Person, room: Room) -> None:
    bob = await connect(server, BOB)
    await alice_listens.say(room.pk, "hello")
    await alice_listens.hears("hello")
    assert bob.sink.frames == []


async def test_everybody_hears_the_same_order(alice_listens: Person, bob_listens: Person, room: Room) -> None:
    futures = [(alice_listens if n % 2 else bob_listens).post(room.pk, str(n)) for n in range(200)]
    await soon(asyncio.gather(*futures))
    await alice_listens.hears(*map(str, range(200)))
    await bob_listens.hears(*map(str, range(200)))
    assert alice_listens.versions() == list(range(1, 201))


async def test_who_comes_to_a_process_that_just_started_misses_nothing_of_one_that_was_alone(
    start_server: StartServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.company.COMPANY_S", TIMEOUT_S)  # and nothing is found by a sweep here
    alice = await connect(await start_server(), ALICE)
    talking = asyncio.create_task(_say_numbers(alice, room, 100))
    bob = await connect(await start_server(), BOB)
    await bob.subscribe(room.pk, since=0)
    await talking
    await bob.hears(*map(str, range(100)))


async def _say_numbers(person: Person, room: Room, count: int) -> None:
    for number in range(count):
        await person.say(room.pk, str(number))


async def test_a_repeat_is_heard_once(alice_listens: Person, bob_listens: Person, room: Room) -> None:
    first = await alice_listens.say(room.pk, "once", client_id=UUID)
    again = await alice_listens.say(room.pk, "once", client_id=UUID.upper())
    assert (again.duplicate, again.message) == (True, first.message)
    await alice_listens.say(room.pk, "end")
    await bob_listens.hears("once", "end")


async def test_nobody_speaks_where_they_are_not(server: ChatServer, bob_listens: Person, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await charlie.say(room.pk, "let me in")
    with pytest.raises(RoomNotFound):
        await charlie.say(999_999, "nobody here")
    assert bob_listens.heard() == []


async def test_who_has_no_member_row_and_no_nickname_is_not_let_in(server: ChatServer) -> None:
    with pytest.raises(MemberNotFound):
        await connect(server, 999)


async def test_a_nickname_in_the_token_is_the_members_name(server: ChatServer, room: Room) -> None:
    person = await connect(server, BOB)
    session = await soon(
        server.connect(caller=caller(BOB, "Robert"), sink=person.sink, is_v1=False, language="en")
    )
    assert (person.session.nickname, session.nickname) == ("Bob", "Robert")


async def test_who_disconnects_hears_nothing_more(
    server: ChatServer, alice_listens: Person, bob_listens: Person
) -> None:
    (room_id,) = alice_listens.session.rooms
    server.disconnect(bob_listens.session)
    server.disconnect(bob_listens.session)
    await alice_listens.say(room_id, "hello")
    await alice_listens.hears("hello")
    assert bob_listens.heard() == []
    server.disconnect(alice_listens.session)
    assert server.hub.rooms == {}


async def test_a_server_may_be_started_twice(server: ChatServer, alice_listens: Person, room: Room) -> None:
    server.start()
    await alice_listens.say(room.pk, "hello")
    await alice_listens.hears("hello")


async def test_after_the_stop_messages_are_refused(start_server: StartServer, room: Room) -> None:
    server = await start_server()
    alice = await connect(server, ALICE)
    futures = [alice.post(room.pk, str(number)) for number in range(20)]
    await soon(server.writer.stop())
    assert [future.result().message.seq for future in futures] == list(range(1, 21))
    with pytest.raises(StoreUnavailable):
        await alice.say(room.pk, "late")


# --- limits


async def test_a_member_has_so_many_sockets(start_server: StartServer, room: Room) -> None:
    server = await start_server(Limits(sockets_per_member=2))
    first, _ = await connect(server, ALICE), await connect(server, ALICE)
    with pytest.raises(TooManyRequests):
        await connect(server, ALICE)
    await connect(server, BOB)
    server.disconnect(first.session)
    await connect(server, ALICE)


async def test_a_member_sends_so_fast_over_all_sockets_together(start_server: StartServer, room: Room) -> None:
    server = await start_server(Limits(sends_per_second=1))
    laptop, phone, bob = await connect(server, ALICE), await connect(server, ALICE), await connect(server, BOB)
    for socket in (laptop, phone, laptop):
        await server.take_turn(socket.session.member_id)
    with pytest.raises(TooManyRequests) as refusal:
        await server.take_turn(phone.session.member_id)
    assert 0 < (refusal.value.retry_after or 0) <= 1
    await server.take_turn(bob.session.member_id)
    await server.take_turn(None)


async def test_a_socket_listens_to_so_many_rooms(start_server: StartServer, room: Room, alice: Member) -> None:
    server = await start_server(Limits(rooms_per_socket=2))
    kitchen = await in_thread(make_group_room, "Kitchen", alice)
    attic = await in_thread(make_group_room, "Attic", alice)
    person = await connect(server, ALICE)
    for known in (room, kitchen, kitchen):
        await person.subscribe(known.pk)
    with pytest.raises(TooManyRequests):
        await person.subscribe(attic.pk)
    server.subscriptions.end(person.session, room.pk)
    await person.subscribe(attic.pk)


# --- who comes


async def test_a_newcomer_is_told_to_the_room(server: ChatServer, alice_listens: Person, room: Room) -> None:
    change = await in_thread(join_group_room, caller=caller(CHARLIE), room_id=room.pk, now=timezone.now())
    assert isinstance(change, RosterChange)
    server.tell_joined(change)
    joined = await alice_listens.gets("joined")
    assert joined == {"type": "joined", "roomId": room.pk, "memberId": CHARLIE, "nickName": "Charlie", "seq": 0}
    charlie = await connect(server, CHARLIE)
    await charlie.say(room.pk, "hi all")  # stored under the new roster
    await alice_listens.hears("hi all")
