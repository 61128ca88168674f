"""Two servers and a layer between them that loses, repeats and reorders: listeners must not notice."""

import random
from datetime import UTC, datetime

import pytest

from messaging.delivery.notices import Notice
from messaging.delivery.streams import change_of
from messaging.models import Message
from messaging.server import ChatServer
from messaging.store.selectors import RoomState, changes_since
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import (
    TIMEOUT_S,
    Person,
    StartServer,
    TardyDatabase,
    connect,
    eventually,
    in_thread,
    store_elsewhere,
)


async def test_bob_hears_at_another_server(alice_here: Person, bob_there: Person, room: Room) -> None:
    await alice_here.say(room.pk, "one")
    await bob_there.say(room.pk, "two")
    await bob_there.hears("one", "two")
    await alice_here.hears("one", "two")


async def test_a_lost_notice_is_read_from_the_database_when_the_next_one_comes(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(lambda notice: 2 in [change.version for change in notice.changes])
    for text in ("one", "two", "three"):
        await alice_here.say(room.pk, text)
    await bob_there.hears("one", "two", "three")
    assert len(lossy.lost) == 1


@pytest.mark.usefixtures("quick_sweep")
async def test_a_lost_notice_that_nothing_follows_is_found_by_the_sweep(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.lose(of_kind("changes"))
    await alice_here.say(room.pk, "one")
    await bob_there.hears("one")
    assert len(lossy.lost) == 1


async def test_notices_in_any_order_are_heard_in_theirs(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.keep(of_kind("changes"))
    for text in "abcde":
        await alice_here.say(room.pk, text)
    await eventually(lambda: len(lossy.kept) == 5)
    await lossy.let_go(reverse=True)
    await bob_there.hears(*"abcde")
    await alice_here.hears(*"abcde")


async def test_repeated_notices_are_heard_once(
    alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    lossy.copies = 3
    for text in "abcde":
        await alice_here.say(room.pk, text)
    await bob_there.hears(*"abcde")


@pytest.mark.usefixtures("quick_sweep")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_however_many_are_lost_everybody_hears_everything_once_in_order(
    here: ChatServer,
    there: ChatServer,
    alice_here: Person,
    bob_there: Person,
    room: Room,
    lossy: LossyLayer,
    seed: int,
) -> None:
    chance = random.Random(seed)
    lossy.lose(lambda _notice: chance.random() < 0.5)
    for number in range(120):
        await (alice_here if chance.random() < 0.5 else bob_there).say(room.pk, str(number))
    for person in (alice_here, bob_there):
        await person.sink.until(lambda person=person: len(person.versions()) >= 120)  # type: ignore[misc]
        assert person.versions() == list(range(1, 121))
        assert person.heard() == [str(number) for number in range(120)]


@pytest.mark.usefixtures("quick_sweep")
async def test_a_long_outage_is_caught_up_page_by_page(bob_there: Person, room: Room) -> None:
    await store_elsewhere(room, *map(str, range(1_100)))  # more than two pages
    await bob_there.hears(*map(str, range(1_100)))


@pytest.mark.usefixtures("quick_sweep")
async def test_an_edit_that_nobody_told_is_found_as_a_change(bob_there: Person, room: Room) -> None:
    await store_elsewhere(room, "one", "two")
    await bob_there.hears("one", "two")

    def edit() -> None:
        Room.objects.filter(pk=room.pk).update(version=3)
        Message.objects.filter(room=room, seq=1).update(contents="ONE", version=3, edited_at=datetime.now(UTC))

    await in_thread(edit)
    changed = await bob_there.gets("changed")
    assert (changed["seq"], changed["version"], changed["message"]) == (1, 3, "ONE")


@pytest.mark.usefixtures("quick_sweep")
async def test_an_old_client_hears_what_was_lost_too(there: ChatServer, room: Room) -> None:
    old = await connect(there, BOB, is_v1=True)
    await old.subscribe(room.pk)
    await store_elsewhere(room, "one")
    await old.hears("one")


@pytest.mark.usefixtures("quick_sweep")
async def test_an_outage_of_the_store_is_made_up_for(
    bob_there: Person, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 0)
    await store_elsewhere(room, "one")
    await eventually(lambda: "the store is not reachable" in caplog.text)
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 1_000)
    await bob_there.hears("one")


async def test_while_the_layer_is_away_nobody_waits_for_what_cannot_come(
    here: ChatServer, alice_here: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.delivery.repair.GAP_GRACE_S", 10 * TIMEOUT_S)
    monkeypatch.setattr(here._repair, "_is_layer_up", lambda: False)  # whatever its next beat says
    await store_elsewhere(room, "unheard of here")
    await alice_here.say(room.pk, "behind it")
    await alice_here.hears("unheard of here", "behind it")


async def test_what_becomes_known_during_a_repair_is_repaired_after_it(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk)
    await store_elsewhere(room, "one")
    async with database.answering_late(hear_of(server, room, version=1)):
        await store_elsewhere(room, "two")
        await hear_of(server, room, version=2)
    await bob.hears("one", "two")


async def test_a_gap_that_opens_the_moment_a_repair_ends_is_repaired_too(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk)
    await store_elsewhere(room, "one")
    async with database.answering_late(hear_of(server, room, version=1)):
        await store_elsewhere(room, "two", "three")
        third = await notice_of(room, version=3)
    await bob.hears("one")
    server._hear(third)
    await bob.hears("one", "two", "three")


async def test_a_repair_for_listeners_who_left_does_not_stand_in_the_way_of_others(
    start_server: StartServer, room: Room
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await alice.subscribe(room.pk)
    await store_elsewhere(room, "one")
    async with database.answering_late(hear_of(server, room, version=1)):
        server.disconnect(alice.session)
        await bob.subscribe(room.pk)
        await store_elsewhere(room, "two", "three")
        server._hear(await notice_of(room, version=3))
        await bob.hears("two", "three")


async def hear_of(server: ChatServer, room: Room, *, version: int) -> None:
    """The server learns how far the room is, and looks after whoever listens."""
    audience = server.hub.rooms[room.pk]
    known = RoomState(version=version, roster_version=audience.stream.roster_version)
    server._repair.look_after(audience, known=known)


async def notice_of(room: Room, *, version: int) -> Notice:
    """What another process would tell of this version."""
    changes = await in_thread(changes_since, room_id=room.pk, since=version - 1)
    assert changes is not None
    change = change_of(changes.messages[0], roster_version=changes.roster_version)
    return Notice(room_id=room.pk, kind="changes", changes=(change,))
