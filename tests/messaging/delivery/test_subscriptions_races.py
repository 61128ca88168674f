"""Subscribing while what was read grows old: the answers of a real database come late."""

import asyncio

import pytest

from chatproject.errors import NotInRoom
from messaging.delivery.subscriptions import REPLAY_CHUNK_CHANGES
from messaging.server import ChatServer
from rooms.deleted_rooms import Deleted
from rooms.deleting import delete_room
from rooms.models import Room
from rooms.services import RosterChange, add_participant, remove_participant
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import StartServer, TardyDatabase, connect, in_thread, soon, store_elsewhere


@pytest.fixture
def database() -> TardyDatabase:
    return TardyDatabase()


@pytest.fixture
async def server(start_server: StartServer, database: TardyDatabase) -> ChatServer:
    return await start_server(database=database)


async def remove_bob(room: Room) -> RosterChange:
    change = await in_thread(remove_participant, room_id=room.pk, member_id=BOB)
    assert change is not None
    return change


async def test_who_is_removed_while_subscribing_alone_hears_nothing(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        server.tell_left(await remove_bob(room))
    await soon(subscribing)
    await alice.say(room.pk, "he is gone")
    assert (await bob.gets("removed"))["roomId"] == room.pk
    assert bob.session.rooms == {}
    assert bob.heard() == []


async def test_who_is_removed_while_subscribing_beside_others_is_refused(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    await alice.subscribe(room.pk)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        server.tell_left(await remove_bob(room))
    with pytest.raises(NotInRoom):
        await soon(subscribing)
    await alice.say(room.pk, "he is gone")
    await alice.hears("he is gone")
    assert bob.sink.frames == []


async def test_who_comes_back_and_subscribes_is_not_refused_for_a_notice_that_comes_late(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    await alice.subscribe(room.pk)
    left = await remove_bob(room)
    await in_thread(add_participant, room_id=room.pk, member_id=BOB)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        server.tell_left(left)
    await soon(subscribing)
    await alice.say(room.pk, "he is back")
    await bob.hears("he is back")


async def test_who_was_removed_before_the_stream_began_is_refused_though_nobody_told(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        await remove_bob(room)
        await alice.subscribe(room.pk)
    with pytest.raises(NotInRoom):
        await soon(subscribing)
    await alice.say(room.pk, "he is gone")
    await alice.hears("he is gone")
    assert bob.sink.frames == []


@pytest.mark.usefixtures("quick_sweep")
async def test_a_room_that_is_deleted_while_bob_subscribes_is_not_one_he_listens_to(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    await alice.subscribe(room.pk)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        await in_thread(delete_room, room_id=room.pk)
        await alice.gets("removed")
    with pytest.raises(NotInRoom):
        await soon(subscribing)
    assert [frame["type"] for frame in bob.sink.frames] == ["removed"]
    assert server.hub.rooms == {}


async def test_a_stranger_who_asks_for_a_room_as_it_is_deleted_learns_neither_its_name_nor_why(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    charlie, alice = await connect(server, CHARLIE), await connect(server, ALICE)
    await alice.subscribe(room.pk)
    async with database.answering_late(charlie.subscribe(room.pk)) as subscribing:
        server.tell_deleted(room.pk, Deleted("Garden", "what Bob did"))
        assert (await alice.gets("removed"))["why"] == "what Bob did"
    with pytest.raises(NotInRoom):
        await soon(subscribing)
    assert not [frame for frame in charlie.sink.frames if frame.keys() & {"roomName", "why"}]


async def test_who_read_an_older_version_than_the_stream_began_with_reads_again(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    async with database.answering_late(bob.subscribe(room.pk, since=0)) as subscribing:
        await store_elsewhere(room, "one", "two")
        await alice.subscribe(room.pk)
    await soon(subscribing)
    await alice.say(room.pk, "three")
    await bob.hears("one", "two", "three")
    await alice.hears("three")


async def test_who_read_more_than_the_stream_has_let_out_hears_nothing_twice(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await alice.subscribe(room.pk)
    await store_elsewhere(room, "one", "two")
    async with database.answering_late(bob.subscribe(room.pk, since=0)) as subscribing:
        await alice.say(room.pk, "three")  # shows the gap, which is then closed for Alice
        await alice.hears("one", "two", "three")
    await soon(subscribing)
    await alice.say(room.pk, "four")
    await bob.hears("one", "two", "three", "four")


async def test_what_waits_for_a_check_at_the_start_does_not_wait_for_the_sweep(
    server: ChatServer, room: Room, database: TardyDatabase
) -> None:
    bob, charlie = await connect(server, BOB), await connect(server, CHARLIE)
    async with database.answering_late(bob.subscribe(room.pk)) as subscribing:
        await in_thread(add_participant, room_id=room.pk, member_id=CHARLIE)
        await charlie.say(room.pk, "hi")
        await asyncio.sleep(0)  # and it is announced
    await soon(subscribing)
    await bob.hears("hi")


async def test_a_replay_ends_when_its_reader_is_removed(server: ChatServer, room: Room) -> None:
    await store_elsewhere(room, *map(str, range(2 * REPLAY_CHUNK_CHANGES)))
    bob, alice = await connect(server, BOB), await connect(server, ALICE)
    await alice.subscribe(room.pk)
    bob.sink.reads = False
    subscribing = asyncio.create_task(bob.subscribe(room.pk, since=0))
    await bob.sink.until(lambda: len(bob.heard()) == REPLAY_CHUNK_CHANGES)
    server.tell_left(await remove_bob(room))
    bob.sink.reads = True
    bob.sink.read_all()
    await soon(subscribing)
    assert len(bob.heard()) == REPLAY_CHUNK_CHANGES
    assert bob.sink.frames[-1]["type"] in ("removed", "left")
