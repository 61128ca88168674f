"""Read marks at real ChatServers: written together, told together, on every process."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.outgoing.subscriptions import NOBODY
from messaging.server import ChatServer
from messaging.store.read_marks import MarkAsked, mark_read_together
from messaging.wire.client_frames import Read
from rooms.models import Participant, Room
from tests.factories import ALICE, CHARLIE, make_member
from tests.messaging.delivery.test_comings_servers import go_in, go_out
from tests.messaging.people import Person, connect, in_thread, soon

CROWD = range(100, 130)


def put_in_a_crowd(room: Room) -> None:
    crowd = [make_member(number, f"member {number}") for number in CROWD]
    Participant.objects.bulk_create(Participant(room=room, member=member) for member in crowd)


def marks_told(person: Person) -> dict[int, int]:
    return {frame["memberId"]: frame["seq"] for frame in person.sink.of_type("read")}


def marks_known(person: Person) -> list[int]:
    """How far anybody has read, by what the person was told of comings and marks."""
    return [frame["seq"] for frame in person.sink.of_type("joined", "read")]


async def test_a_crowd_that_reads_one_message_is_told_in_two_writes_on_both_servers(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.pacing.TOLD_AGAIN_AFTER_S", 0.1)
    await in_thread(put_in_a_crowd, room)
    await alice_here.say(room.pk, "hello")
    await bob_there.hears("hello")
    crowd = [await connect(alice_here.server, number) for number in CROWD]
    written = [person.sink.writes for person in (alice_here, bob_there)]

    reads = [alice_here.server.reads.mark(one.session, Read(room_id=room.pk, seq=1)) for one in crowd]
    await soon(asyncio.gather(*reads))

    everybody = dict.fromkeys(CROWD, 1)
    for person, before in zip((alice_here, bob_there), written, strict=True):
        await person.sink.until(lambda person=person: marks_told(person) == everybody)  # type: ignore[misc]
        assert len(person.sink.of_type("read")) == len(CROWD)
        assert person.sink.writes - before <= 2 + 1  # two, and one more where the machine was slow


async def test_marks_that_wait_for_each_other_are_few_queries(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []

    def counted(asked: Any) -> Any:
        batches.append(len(asked))
        return mark_read_together(asked)

    await in_thread(put_in_a_crowd, room)
    alice = await connect(server, ALICE)
    await alice.say(room.pk, "hello")
    server.reads._asked._read = counted
    crowd = [await connect(server, number) for number in CROWD]
    marks = [server.reads.mark(one.session, Read(room_id=room.pk, seq=1)) for one in crowd]
    await soon(asyncio.gather(*marks))
    assert sum(batches) == len(CROWD)
    assert len(batches) <= 4


@pytest.mark.django_db
def test_a_batch_is_three_statements(room: Room) -> None:
    put_in_a_crowd(room)
    Room.objects.filter(pk=room.pk).update(last_seq=9)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        marks = mark_read_together([MarkAsked(room.pk, number, 9) for number in CROWD], subscribed=NOBODY)
    assert len(queries) <= 3
    assert {mark.moved for mark in marks.values()} == {True}


async def test_who_is_back_within_the_same_seconds_has_read_what_was_said_meanwhile(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.comings.TOLD_AGAIN_AFTER_S", 0.1)
    await go_in(bob_there.server, room, CHARLIE)
    await go_out(bob_there.server, room, CHARLIE)
    await alice_here.say(room.pk, "without Charlie")
    await go_in(bob_there.server, room, CHARLIE)
    for person in (alice_here, bob_there):
        await person.sink.until(lambda person=person: 1 in marks_known(person))  # type: ignore[misc]
