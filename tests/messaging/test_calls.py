"""What reaches whoever answers in rooms, from which frames; and what a listener is shown of an answer."""

import pytest

from chatproject.asgi import Process
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, InvalidInput, MessageDeleted, NotInRoom
from messaging.server import ChatServer
from messaging.store.services import Stored
from messaging.wire.client_frames import Ask, Delete
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.answering import RUN_ID, Listener
from tests.messaging.people import Person, StartServer, TardyDatabase, connect, eventually, soon
from tests.messaging.sockets.connected import opened_v1, opened_v2


@pytest.fixture
def listener(process: Process) -> Listener:
    process.chat_server.calls.answerer = listener = Listener()
    return listener


# --- ask


async def test_without_an_answerer_a_question_is_refused_and_not_stored(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    with pytest.raises(AssistantUnavailable):
        await soon(server.calls.find_trigger(alice_listens.session, Ask(room_id=room.pk, message="anyone?")))
    await alice_listens.say(room.pk, "end")
    await alice_listens.hears("end")


async def test_a_question_is_said_and_then_answered(process: Process, room: Room, listener: Listener) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    assert (await alice.ask(type="ask", roomId=room.pk, message="@anyone?"))["type"] == "ack"
    assert (await alice.gets("chat"))["message"] == "@anyone?"
    assert listener.asked == [(room.pk, ALICE, 1, False)]
    assert listener.considered == []  # it has called already


async def test_a_question_without_words_wants_another_answer_to_the_latest_message(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    server.calls.answerer = listener = Listener()
    ask = Ask(room_id=room.pk)
    with pytest.raises(InvalidInput):
        await soon(server.calls.find_trigger(alice_listens.session, ask))
    await alice_listens.say(room.pk, "one")
    said = await alice_listens.say(room.pk, "two")
    trigger = await soon(server.calls.find_trigger(alice_listens.session, ask))
    assert trigger == Stored(said.message, roster_version=0, duplicate=True)
    await soon(server.calls.answer(alice_listens.session, ask, trigger))
    assert listener.asked == [(room.pk, ALICE, 2, True)]
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await soon(server.calls.find_trigger(charlie.session, ask))


# --- messages that may call


async def test_only_what_names_or_replies_to_somebody_is_considered_on_both_protocols(
    process: Process, room: Room, listener: Listener
) -> None:
    alice, old = await opened_v2(process, ALICE, room.pk), await opened_v1(process, BOB, room.pk)
    for more in ({"message": "hello"}, {"message": "@name hi"}, {"message": "yes", "replyTo": 1}):
        assert (await alice.ask(type="chat", roomId=room.pk, **more))["type"] == "ack"
    for message in ("from v1", "@name from v1"):
        await old.send({"type": "chat", "roomId": room.pk, "senderId": ALICE, "message": message})
    await eventually(lambda: len(listener.considered) == 3)
    assert [text for text, _refuse in listener.considered] == ["@name hi", "yes", "@name from v1"]
    assert listener.asked == []


async def test_what_was_stored_is_considered_not_what_a_repeat_says(
    process: Process, room: Room, listener: Listener
) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    for message in ("hello", "@name hi"):
        await alice.ask(type="chat", roomId=room.pk, message=message, clientId=RUN_ID)
    assert listener.considered == []


async def test_a_call_that_is_refused_is_told_to_the_caller_alone_after_the_ack(
    process: Process, room: Room, listener: Listener
) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await alice.send({"type": "chat", "id": "c1", "roomId": room.pk, "message": "@name hi"})
    assert (await alice.gets("ack", "error"))["type"] == "ack"
    [(_text, refuse)] = listener.considered
    refuse(AssistantBudgetSpent(retry_after=3.5))
    error = await alice.gets("error")
    assert (error["id"], error["roomId"], error["code"], error["retryAfter"]) == ("c1", room.pk, "E-A004", 3.5)
    await bob.send({"type": "ping"})
    assert [(await bob.receive())["type"] for _ in range(2)] == ["chat", "pong"]


async def test_a_v1_client_is_not_told_why_a_call_is_refused(
    process: Process, room: Room, listener: Listener
) -> None:
    old = await opened_v1(process, ALICE, room.pk)
    await old.send({"type": "subscribe", "roomId": room.pk})
    await old.send({"type": "chat", "roomId": room.pk, "senderId": ALICE, "message": "@name hi"})
    await old.receive()
    [(_text, refuse)] = listener.considered
    refuse(AssistantBudgetSpent())
    await old.send({"type": "chat", "roomId": room.pk, "senderId": ALICE, "message": "more"})
    assert (await old.receive())["message"] == "more"


# --- stop


async def test_stop_names_the_run_and_who_wants_it(process: Process, room: Room, listener: Listener) -> None:
    alice = await opened_v2(process, ALICE)
    assert await alice.ask(type="stop", roomId=room.pk, runId=RUN_ID) == {"type": "ok", "id": "x"}
    assert listener.stopped == [(ALICE, room.pk, RUN_ID)]
    assert process.chat_server.calls.has_model
    process.chat_server.calls.answerer = None
    assert not process.chat_server.calls.has_model
    assert (await alice.ask(type="stop", roomId=room.pk, runId=RUN_ID))["code"] == "E-A001"


# --- what is shown


async def test_who_comes_in_the_middle_is_shown_all_of_it_first(
    process: Process, room: Room, listener: Listener
) -> None:
    server = process.chat_server
    listener.showing = "so far"
    alice, old = await opened_v2(process, ALICE, room.pk), await opened_v1(process, BOB, room.pk)
    await old.send({"type": "subscribe", "roomId": room.pk})
    await eventually(lambda: len(server.hub.rooms[room.pk].sessions) == 2)
    server.tell_here(room.pk, listener.writing(room.pk, 6, ", so good"))
    shown = [await alice.receive() for _ in range(2)]
    assert [(frame["offset"], frame["text"]) for frame in shown] == [(0, "so far"), (6, ", so good")]
    await alice.send({"type": "chat", "roomId": room.pk, "message": "for v1 too"})
    assert (await old.receive())["message"] == "for v1 too"


async def test_nothing_is_shown_to_one_whose_membership_is_not_known_yet(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    server.calls.answerer = listener = Listener()
    charlie, alice = await connect(server, CHARLIE), await connect(server, ALICE)
    listener.showing = "secret"
    async with database.answering_late(alice.subscribe(room.pk)) as subscribing:
        server.tell_here(room.pk, listener.writing(room.pk, 6, " more"))
        assert alice.sink.frames == []
    await subscribing
    assert [frame["type"] for frame in alice.sink.frames] == ["subscribed", "assistant"]
    with pytest.raises(NotInRoom):
        await charlie.subscribe(room.pk)
    assert charlie.sink.frames == []


async def test_answerers_hear_each_other_also_where_nobody_listens(
    here: ChatServer, there: ChatServer, room: Room
) -> None:
    one, other = Listener(), Listener()
    here.calls.answerer, there.calls.answerer = one, other
    await soon(there.relay.join(room.pk + 1))  # so that the link is up
    here.tell_answerers(room.pk, b"words")
    await eventually(lambda: other.heard)
    assert (one.heard, other.heard) == ([], [(room.pk, b"words")])


async def test_what_was_deleted_before_it_was_said_again_calls_nobody(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    server.calls.answerer = listener = Listener()
    said = await alice_listens.say(room.pk, "@anyone?", client_id="0190a3c4-7b1e-7cc2-9f00-0123456789ab")
    await soon(server.act(alice_listens.session, Delete(room_id=room.pk, seq=1)))
    again = await alice_listens.say(room.pk, "@anyone?", client_id=said.message.client_id)
    server.calls.consider(alice_listens.session, again.message, refuse=lambda _error: None)
    with pytest.raises(MessageDeleted):
        await soon(server.calls.answer(alice_listens.session, Ask(room_id=room.pk, message="@anyone?"), again))
    assert (listener.considered, listener.asked) == ([], [])
