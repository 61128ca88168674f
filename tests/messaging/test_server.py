"""One ChatServer on a real database: who hears what is said, limits, typing, read marks, the assistant's voice."""

import asyncio

import pytest

from chatproject.errors import (
    AssistantUnavailable,
    InvalidInput,
    MemberNotFound,
    NotInRoom,
    RoomNotFound,
    StoreUnavailable,
    TooManyRequests,
)
from messaging.limits import Limits
from messaging.protocol import Ask, Read, Typing
from messaging.server import ChatServer
from messaging.services import ReadMark, Stored
from rooms.models import Member, Room
from rooms.services import join_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room
from tests.messaging.people import Person, StartServer, connect, in_thread, soon

UUID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"


@pytest.fixture
async def alice_there(server: ChatServer, room: Room) -> Person:
    person = await connect(server, ALICE)
    await person.subscribe(room.pk)
    return person


@pytest.fixture
async def bob_there(server: ChatServer, room: Room) -> Person:
    person = await connect(server, BOB)
    await person.subscribe(room.pk)
    return person


async def test_what_alice_says_bob_hears_and_she_herself(
    alice_there: Person, bob_there: Person, room: Room
) -> None:
    stored = await alice_there.say(room.pk, "안녕 👋")
    for person in (alice_there, bob_there):
        await person.hears("안녕 👋")
        (chat,) = person.sink.of_type("chat")
        assert (chat["seq"], chat["version"], chat["senderId"], chat["nickName"]) == (1, 1, ALICE, "Alice")
        assert chat["clientId"] == stored.message.client_id


async def test_who_did_not_subscribe_hears_nothing(server: ChatServer, alice_there: Person, room: Room) -> None:
    bob = await connect(server, BOB)
    await alice_there.say(room.pk, "hello")
    await alice_there.hears("hello")
    assert bob.sink.frames == []


async def test_everybody_hears_the_same_order(alice_there: Person, bob_there: Person, room: Room) -> None:
    futures = [(alice_there if n % 2 else bob_there).post(room.pk, str(n)) for n in range(200)]
    await soon(asyncio.gather(*futures))
    await alice_there.hears(*map(str, range(200)))
    await bob_there.hears(*map(str, range(200)))
    assert alice_there.versions() == list(range(1, 201))


async def test_a_repeat_is_heard_once(alice_there: Person, bob_there: Person, room: Room) -> None:
    first = await alice_there.say(room.pk, "once", client_id=UUID)
    again = await alice_there.say(room.pk, "once", client_id=UUID.upper())
    assert (again.duplicate, again.message) == (True, first.message)
    await alice_there.say(room.pk, "end")
    await bob_there.hears("once", "end")


async def test_nobody_speaks_where_they_are_not(server: ChatServer, bob_there: Person, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await charlie.say(room.pk, "let me in")
    with pytest.raises(RoomNotFound):
        await charlie.say(999_999, "nobody here")
    assert bob_there.heard() == []


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
    server: ChatServer, alice_there: Person, bob_there: Person
) -> None:
    (room_id,) = alice_there.session.rooms
    server.disconnect(bob_there.session)
    server.disconnect(bob_there.session)
    await alice_there.say(room_id, "hello")
    await alice_there.hears("hello")
    assert bob_there.heard() == []
    server.disconnect(alice_there.session)
    assert server.hub.rooms == {}


async def test_a_server_may_be_started_twice(server: ChatServer, alice_there: Person, room: Room) -> None:
    server.start()
    await alice_there.say(room.pk, "hello")
    await alice_there.hears("hello")


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
    said = [laptop.post(room.pk, "1"), phone.post(room.pk, "2"), laptop.post(room.pk, "3")]
    with pytest.raises(TooManyRequests) as refusal:
        phone.post(room.pk, "4")
    assert 0 < (refusal.value.retry_after or 0) <= 1
    assert (await bob.say(room.pk, "me too")).message.seq == 4
    await soon(asyncio.gather(*said))


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


# --- typing and reading


async def test_typing_is_told_to_the_others(server: ChatServer, alice_there: Person, bob_there: Person) -> None:
    (room_id,) = alice_there.session.rooms
    server.tell_typing(alice_there.session, Typing(room_id=room_id))
    typing = await bob_there.gets("typing")
    assert typing == {"type": "typing", "roomId": room_id, "memberId": ALICE, "nickName": "Alice"}
    assert alice_there.sink.of_type("typing") == []


async def test_typing_too_often_is_dropped(server: ChatServer, alice_there: Person, bob_there: Person) -> None:
    (room_id,) = alice_there.session.rooms
    for _ in range(5):
        server.tell_typing(alice_there.session, Typing(room_id=room_id))
    server.tell_typing(bob_there.session, Typing(room_id=room_id))
    await alice_there.gets("typing")
    assert len(bob_there.sink.of_type("typing")) == 1


async def test_who_does_not_listen_cannot_type(server: ChatServer, bob_there: Person, room: Room) -> None:
    alice = await connect(server, ALICE)
    with pytest.raises(NotInRoom):
        server.tell_typing(alice.session, Typing(room_id=room.pk))


async def test_reading_is_told_once(
    server: ChatServer, alice_there: Person, bob_there: Person, room: Room
) -> None:
    await alice_there.say(room.pk, "hello")
    for _ in range(2):
        await soon(server.mark_read(bob_there.session, Read(room_id=room.pk, seq=99)))
    await alice_there.say(room.pk, "end")
    await alice_there.hears("hello", "end")
    assert alice_there.sink.of_type("read") == [{"type": "read", "roomId": room.pk, "memberId": BOB, "seq": 1}]


async def test_a_mark_in_a_large_room_is_not_told(server: ChatServer, bob_there: Person, room: Room) -> None:
    server.tell_read(room_id=room.pk, member_id=ALICE, mark=ReadMark(1, moved=True, is_told=False))
    assert bob_there.sink.of_type("read") == []


async def test_a_stranger_reads_nothing(server: ChatServer, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.mark_read(charlie.session, Read(room_id=room.pk, seq=1)))


# --- who comes


async def test_a_newcomer_is_told_to_the_room(server: ChatServer, alice_there: Person, room: Room) -> None:
    change = await in_thread(join_group_room, caller=caller(CHARLIE), room_id=room.pk)
    assert change is not None
    server.tell_joined(change)
    joined = await alice_there.gets("joined")
    assert joined == {"type": "joined", "roomId": room.pk, "memberId": CHARLIE, "nickName": "Charlie"}
    charlie = await connect(server, CHARLIE)
    await charlie.say(room.pk, "hi all")  # stored under the new roster
    await alice_there.hears("hi all")


# --- the assistant's voice


class Assistant:
    """Answers nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []

    def require_ready(self) -> None:
        pass

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int) -> None:
        self.asked.append((room_id, asker_id, trigger_seq))


async def test_the_server_speaks_in_its_own_name(server: ChatServer, alice_there: Person, room: Room) -> None:
    await alice_there.say(room.pk, "question")
    stored = await soon(server.say(room_id=room.pk, kind="assistant", contents="answer", reply_to=1))
    assert (stored.message.sender_id, stored.message.reply_to) == (None, 1)
    await alice_there.hears("question", "answer")
    with pytest.raises(RoomNotFound):
        await soon(server.say(room_id=999_999, kind="notice", contents="nobody"))


async def test_without_an_assistant_a_question_is_refused_and_not_stored(
    server: ChatServer, alice_there: Person, room: Room
) -> None:
    with pytest.raises(AssistantUnavailable):
        await soon(server.find_trigger(alice_there.session, Ask(room_id=room.pk, message="anyone?")))
    await alice_there.say(room.pk, "end")
    await alice_there.hears("end")


async def test_a_question_is_said_and_then_answered(server: ChatServer, alice_there: Person, room: Room) -> None:
    server.answerer = assistant = Assistant()
    trigger = await soon(server.find_trigger(alice_there.session, Ask(room_id=room.pk, message="anyone?")))
    await soon(server.answer(alice_there.session, trigger))
    assert assistant.asked == [(room.pk, ALICE, 1)]
    await alice_there.hears("anyone?")


async def test_a_question_without_words_is_the_latest_message(
    server: ChatServer, alice_there: Person, room: Room
) -> None:
    server.answerer = Assistant()
    with pytest.raises(InvalidInput):
        await soon(server.find_trigger(alice_there.session, Ask(room_id=room.pk)))
    await alice_there.say(room.pk, "one")
    said = await alice_there.say(room.pk, "two")
    trigger = await soon(server.find_trigger(alice_there.session, Ask(room_id=room.pk)))
    assert trigger == Stored(said.message, roster_version=0, duplicate=True)
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.find_trigger(charlie.session, Ask(room_id=room.pk)))
