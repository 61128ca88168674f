"""What one process says from memory: of Bob's inbox, of times it forgot, of notifications."""

import pytest

from messaging.inquiry import witness as witness_module
from messaging.inquiry.questions import Answer, Question
from messaging.inquiry.witness import Witness
from messaging.push.notes import About, Notes
from messaging.server import ChatServer
from messaging.wire.client_frames import Inbox
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.people import Person, connect, soon


def asked(server: ChatServer, room: Room, version: int, notes: Notes | None = None) -> Answer:
    witness = Witness(hub=server.hub, relay=server.relay, notes=lambda: notes)
    return witness.answer(Question(question_id="1", room_id=room.pk, seq=version, version=version, member_id=BOB))


async def test_who_hears_by_an_inbox_was_told_there(server: ChatServer, alice_listens: Person, room: Room) -> None:
    bob = await connect(server, BOB)
    await soon(server.inboxes.turn(bob.session, Inbox(id="1", on=True)))
    await alice_listens.say(room.pk, "hello")
    await bob.gets("inbox")
    [socket] = asked(server, room, 1).sockets
    assert (socket.place, socket.handed, socket.known) == ("inbox", "inbox", 1)


async def test_what_was_handed_lately_may_wait_in_a_socket_that_is_not_read(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alice_listens.say(room.pk, "hello")
    await bob_listens.hears("hello")
    bob_listens.sink.backlog = lambda: 10  # type: ignore[method-assign]
    [socket] = asked(server, room, 1).sockets
    assert (socket.unsent_bytes, socket.may_wait) == (10, True)
    monkeypatch.setattr(witness_module, "UNREAD_ENDS_WITHIN_S", 0)  # long after
    [socket] = asked(server, room, 1).sockets
    assert (socket.unsent_bytes, socket.may_wait) == (10, False)


async def test_what_it_forgot_it_does_not_claim(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    await alice_listens.say(room.pk, "hello")
    await bob_listens.hears("hello")
    server.hub.diary.let_out.clear()
    server.hub.diary.announced.clear()
    [socket] = asked(server, room, 1).sockets
    assert (socket.handed, socket.handed_at) == ("live", None)  # it listens since before, so it was handed all
    server.hub.diary.moves.clear()
    [socket] = asked(server, room, 1).sockets
    assert socket.handed == "maybe"


async def test_it_says_what_became_of_notifications(server: ChatServer, room: Room) -> None:
    notes = Notes()
    notes.note(About(BOB, room.pk, (1,)), "failed", "no answer")
    answer = asked(server, room, 1, notes)
    assert [(note.what, note.detail) for note in answer.notified] == [("failed", "no answer")]
    assert (answer.stream, answer.sockets, asked(server, room, 1).notified) == (None, (), ())
