"""One ChatServer on a real database: typing, read marks, and the server's own voice."""

import pytest

from chatproject.errors import AssistantUnavailable, InvalidInput, NotInRoom, RoomNotFound
from messaging.protocol import Ask, Read, Typing
from messaging.server import ChatServer
from messaging.services import ReadMark, Stored
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


async def test_who_does_not_listen_cannot_type(server: ChatServer, bob_listens: Person, room: Room) -> None:
    alice = await connect(server, ALICE)
    with pytest.raises(NotInRoom):
        server.tell_typing(alice.session, Typing(room_id=room.pk))


async def test_reading_is_told_once(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    await alice_listens.say(room.pk, "hello")
    for _ in range(2):
        await soon(server.mark_read(bob_listens.session, Read(room_id=room.pk, seq=99)))
    await alice_listens.say(room.pk, "end")
    await alice_listens.hears("hello", "end")
    assert alice_listens.sink.of_type("read") == [{"type": "read", "roomId": room.pk, "memberId": BOB, "seq": 1}]


async def test_a_mark_in_a_large_room_is_not_told(server: ChatServer, bob_listens: Person, room: Room) -> None:
    server.tell_read(room_id=room.pk, member_id=ALICE, mark=ReadMark(1, moved=True, is_told=False))
    assert bob_listens.sink.of_type("read") == []


async def test_a_stranger_reads_nothing(server: ChatServer, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.mark_read(charlie.session, Read(room_id=room.pk, seq=1)))


# --- the assistant's voice


class Assistant:
    """Answers nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []

    def require_ready(self) -> None:
        pass

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int) -> None:
        self.asked.append((room_id, asker_id, trigger_seq))


async def test_the_server_speaks_in_its_own_name(server: ChatServer, alice_listens: Person, room: Room) -> None:
    await alice_listens.say(room.pk, "question")
    stored = await soon(server.say(room_id=room.pk, kind="assistant", contents="answer", reply_to=1))
    assert (stored.message.sender_id, stored.message.reply_to) == (None, 1)
    await alice_listens.hears("question", "answer")
    with pytest.raises(RoomNotFound):
        await soon(server.say(room_id=999_999, kind="notice", contents="nobody"))


async def test_without_an_assistant_a_question_is_refused_and_not_stored(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    with pytest.raises(AssistantUnavailable):
        await soon(server.find_trigger(alice_listens.session, Ask(room_id=room.pk, message="anyone?")))
    await alice_listens.say(room.pk, "end")
    await alice_listens.hears("end")


async def test_a_question_is_said_and_then_answered(server: ChatServer, alice_listens: Person, room: Room) -> None:
    server.answerer = assistant = Assistant()
    trigger = await soon(server.find_trigger(alice_listens.session, Ask(room_id=room.pk, message="anyone?")))
    await soon(server.answer(alice_listens.session, trigger))
    assert assistant.asked == [(room.pk, ALICE, 1)]
    await alice_listens.hears("anyone?")


async def test_a_question_without_words_is_the_latest_message(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    server.answerer = Assistant()
    with pytest.raises(InvalidInput):
        await soon(server.find_trigger(alice_listens.session, Ask(room_id=room.pk)))
    await alice_listens.say(room.pk, "one")
    said = await alice_listens.say(room.pk, "two")
    trigger = await soon(server.find_trigger(alice_listens.session, Ask(room_id=room.pk)))
    assert trigger == Stored(said.message, roster_version=0, duplicate=True)
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.find_trigger(charlie.session, Ask(room_id=room.pk)))
