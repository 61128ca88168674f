"""Subscribing while the room lives on: membership, the switch to live, and how it ends."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chatproject.errors import NotInRoom, RoomNotFound, StoreUnavailable
from chatproject.outgoing.subscriptions import NOBODY
from messaging.server import ChatServer
from messaging.store.drafts import Draft
from messaging.store.one_trip import store_at_once
from rooms.deleted_rooms import Deleted
from rooms.deleting import delete_room
from rooms.models import Room
from rooms.services import add_participant, remove_participant
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import (
    Person,
    StartServer,
    connect,
    in_thread,
    soon,
    store_elsewhere,
)


async def test_a_subscriber_is_told_where_the_room_is_and_then_hears(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, "one", "two")
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk, frame_id="s1")
    assert bob.sink.frames == [
        {
            "type": "subscribed",
            "id": "s1",
            "roomId": room.pk,
            "version": 2,
            "lastSeq": 2,
            "readSeq": 0,
            "recovered": False,
            "epoch": server.epochs.current,
        }
    ]
    await bob.say(room.pk, "three")
    await bob.hears("three")


async def test_a_room_that_is_deleted_ends_for_its_listeners_on_every_process(
    alice_here: Person, bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.repair.SWEEP_INTERVAL_S", 3_600)  # it is told, not found
    await in_thread(delete_room, room_id=room.pk)
    alice_here.server.tell_deleted(room.pk, Deleted("Garden", "it is over"))
    for person in (alice_here, bob_there):
        told = {"type": "removed", "roomId": room.pk, "reason": "deleted"}
        assert await person.gets("removed") == told | {"roomName": "Garden", "why": "it is over"}
        assert (person.session.rooms, person.server.hub.rooms) == ({}, {})
    with pytest.raises(RoomNotFound):
        await bob_there.subscribe(room.pk)


@pytest.mark.servers
async def test_the_first_message_of_a_subscriber_is_stored_in_one_round_trip(
    server: ChatServer, room: Room
) -> None:
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk)
    assert await is_stored_at_once(server, room)


@pytest.mark.servers
async def test_so_it_is_after_others_came_and_went(server: ChatServer, room: Room) -> None:
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk)
    came = await in_thread(add_participant, room_id=room.pk, member_id=CHARLIE)
    gone = await in_thread(remove_participant, room_id=room.pk, member_id=ALICE)
    assert came is not None
    assert gone is not None
    server.tell_joined(came)
    server.tell_left(gone)
    assert await is_stored_at_once(server, room)


async def is_stored_at_once(server: ChatServer, room: Room) -> bool:
    """What Bob says, by what the server remembers."""
    said, remembered = Draft(room.pk, BOB, "hello", uuid4().hex), server.writer.remembered
    now = datetime.now(UTC)
    stored = await in_thread(store_at_once, [said], now=now, subscribed=NOBODY, remembered=remembered)
    return [(one.message.seq, one.message.nick_name) for one in stored or []] == [(1, "Bob")]


async def test_strangers_are_refused_and_leave_no_trace(server: ChatServer, room: Room) -> None:
    charlie = await connect(server, CHARLIE)
    with pytest.raises(NotInRoom):
        await charlie.subscribe(room.pk)
    with pytest.raises(RoomNotFound):
        await charlie.subscribe(999_999)
    assert server.hub.rooms == {}
    assert charlie.session.rooms == {}


async def test_subscribing_while_messages_pour_in_gives_every_version_once(
    start_server: StartServer, room: Room
) -> None:
    """Alice talks at one server; Bob comes to another again and again, from where he was."""
    here, there = await start_server(), await start_server()
    alice = await connect(there, ALICE)
    talking = asyncio.create_task(talk(alice, room, 300))
    heard, since = [0], 0
    while not talking.done():
        bob = await connect(here, BOB)
        await bob.subscribe(room.pk, since=since)
        goal = min(since + 7, 300)
        await bob.sink.until(lambda bob=bob, since=since, goal=goal: [since, *bob.versions()][-1] >= goal)  # type: ignore[misc]
        here.disconnect(bob.session)
        heard += bob.versions()
        since = heard[-1]
    await soon(talking)
    last = await connect(here, BOB)
    await last.subscribe(room.pk, since=since)
    await last.sink.until(lambda: [since, *last.versions()][-1] == 300)
    assert heard + last.versions() == list(range(301))


async def talk(alice: Person, room: Room, count: int) -> None:
    futures = []
    for number in range(count):
        futures.append(alice.post(room.pk, str(number)))
        if number % 5 == 0:
            await futures[-1]
    await asyncio.gather(*futures)


async def test_subscribing_again_replays_and_goes_on_without_repeating(server: ChatServer, room: Room) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await bob.subscribe(room.pk)
    await alice.say(room.pk, "one")
    await bob.hears("one")
    await bob.subscribe(room.pk, since=0)
    await alice.say(room.pk, "two")
    await bob.hears("one", "one", "two")
    assert len(bob.sink.of_type("subscribed")) == 2


async def test_who_unsubscribes_hears_nothing_more_and_may_come_back(server: ChatServer, room: Room) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await alice.subscribe(room.pk)
    await bob.subscribe(room.pk)
    server.subscriptions.end(bob.session, room.pk)
    server.subscriptions.end(bob.session, room.pk)
    await alice.say(room.pk, "one")
    await alice.hears("one")
    assert bob.heard() == []
    await bob.subscribe(room.pk, since=0)
    await alice.say(room.pk, "two")
    await bob.hears("one", "two")


async def test_when_the_store_is_away_a_subscription_is_refused(
    server: ChatServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await connect(server, BOB)
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 0)
    with pytest.raises(StoreUnavailable):
        await bob.subscribe(room.pk)
    assert server.hub.rooms == {}
    monkeypatch.undo()
    await bob.subscribe(room.pk)
