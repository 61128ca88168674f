"""One ChatServer on a real database: typing, read marks, and the server's own voice."""

import pytest

from chatproject.errors import NotInRoom, RoomNotFound
from messaging.server import ChatServer
from messaging.store.drafts import Draft
from messaging.store.read_marks import ReadMark
from messaging.wire.client_frames import Read, Typing
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import Person, connect, soon


async def test_typing_is_told_to_the_others(
    server: ChatServer, alice_listens: Person, bob_listens: Person
) -> None:
    (room_id,) = alice_listens.session.rooms
    server.tell_typing(alice_listens.session, Typing(room_id=room_id))
    typing = await bob_listens.gets("typing")
    assert typing == {"type": "typing", "roomId": room_id, "memberId": ALICE, "nickName": "Alice"}
    assert alice_listens.sink.of_type("typing") == []


async def test_typing_too_often_is_dropped(server: ChatServer, alice_listens: Person, bob_listens: Person) -> None:
    (room_id,) = alice_listens.session.rooms
    for _ in range(5):
        server.tell_typing(alice_listens.session, Typing(room_id=room_id))
    server.tell_typing(bob_listens.session, Typing(room_id=room_id))
    await alice_listens.gets("typing")
    assert len(bob_listens.sink.of_type("typing")) == 1


async def test_who_has_said_something_may_type_the_next_at_once(
    server: ChatServer, alice_listens: Person, bob_listens: Person
) -> None:
    (room_id,) = alice_listens.session.rooms
    for _ in range(2):
        server.tell_typing(alice_listens.session, Typing(room_id=room_id))
        server.heed_writing(alice_listens.session, room_id)
    await bob_listens.gets("typing")
    assert len(bob_listens.sink.of_type("typing")) == 2


async def test_who_does_not_listen_cannot_type(server: ChatServer, bob_listens: Person, room: Room) -> None:
    alice = await connect(server, ALICE)
    with pytest.raises(NotInRoom):
        server.tell_typing(alice.session, Typing(room_id=room.pk))


async def test_reading_is_told_once(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    await alice_listens.say(room.pk, "hello")
    for _ in range(2):
        await soon(server.reads.mark(bob_listens.session, Read(room_id=room.pk, seq=99)))
    await alice_listens.say(room.pk, "end")
    await alice_listens.hears("hello", "end")
    assert alice_listens.sink.of_type("read") == [{"type": "read", "roomId": room.pk, "memberId": BOB, "seq": 1}]


async def test_a_mark_in_a_large_room_is_not_told(server: ChatServer, bob_listens: Person, room: Room) -> None:
    server.reads.tell(room_id=room.pk, member_id=ALICE, mark=ReadMark(1, moved=True, is_told=False))
    assert bob_listens.sink.of_type("read") == []


async def test_a_stranger_reads_nothing(server: ChatServer, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.reads.mark(charlie.session, Read(room_id=room.pk, seq=1)))


# --- the server's own voice


async def test_the_server_speaks_in_its_own_name(server: ChatServer, alice_listens: Person, room: Room) -> None:
    await alice_listens.say(room.pk, "question")
    stored = await soon(server.say(Draft(room.pk, None, "answer", "0" * 32, kind="assistant", reply_to=1)))
    assert (stored.message.sender_id, stored.message.reply_to) == (None, 1)
    await alice_listens.hears("question", "answer")
    with pytest.raises(RoomNotFound):
        await soon(server.say(Draft(999_999, None, "nobody", "0" * 32, kind="notice")))
