"""A database that goes backwards under servers that run: they notice, and everybody begins anew."""

import threading

import pytest
from django.db import OperationalError

from messaging.delivery import epochs
from messaging.delivery.notices import Notice
from messaging.models import Deployment, Message
from messaging.server import ChatServer
from messaging.store.epochs import begin_epoch, current_epoch
from messaging.wire.client_frames import Subscribe
from messaging.wire.protocol import CloseCode
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import TIMEOUT_S, Person, StartServer, connect, eventually, in_thread, soon


def go_back(room: Room, *, seq: int) -> None:
    """The database as it was when the room had so many messages."""
    Message.objects.filter(room=room, seq__gt=seq).delete()
    Room.objects.filter(pk=room.pk).update(last_seq=seq, version=seq)


async def came_back(person: Person) -> Person:
    """Who is sent away comes back."""
    await person.sink.until(lambda: person.sink.closed)
    assert person.sink.closed == (CloseCode.SERVICE_RESTART, "restart")
    return await connect(person.server, person.session.member_id)


async def subscribed(person: Person, room: Room, *, since: int, epoch: str | None) -> dict[str, object]:
    frame = Subscribe(room_id=room.pk, since=since, epoch=epoch)
    await soon(person.server.subscriptions.subscribe(person.session, frame))
    return await person.gets("subscribed")


@pytest.fixture
async def said(alice_listens: Person, bob_listens: Person, room: Room) -> list[str]:
    """What Alice said, and both heard."""
    texts = ["one", "two", "three", "four"]
    for text in texts:
        await alice_listens.say(room.pk, text)
    await bob_listens.hears(*texts)
    return texts


async def sweep(server: ChatServer) -> None:
    await soon(server._repair._sweep())


@pytest.mark.usefixtures("said")
async def test_a_sweep_that_finds_a_room_behind_what_was_told_has_everybody_begin_anew(
    server: ChatServer, bob_listens: Person, room: Room
) -> None:
    before = server.epochs.current
    await in_thread(go_back, room, seq=2)
    await sweep(server)
    bob = await came_back(bob_listens)
    assert server.epochs.current != before == bob_listens.sink.of_type("subscribed")[0]["epoch"]
    told = await subscribed(bob, room, since=2, epoch=before)
    assert (told["version"], told["recovered"], told["epoch"]) == (2, False, server.epochs.current)


@pytest.mark.usefixtures("said")
async def test_the_writer_finds_it_where_the_room_has_caught_up_before_any_sweep(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room
) -> None:
    await in_thread(go_back, room, seq=2)
    stored = await alice_listens.say(room.pk, "another three")
    assert stored.message.seq == 3
    bob = await came_back(bob_listens)
    assert bob_listens.heard() == ["one", "two", "three", "four"]
    await bob.subscribe(room.pk)
    await (await came_back(alice_listens)).say(room.pk, "another four")
    await bob.hears("another four")


@pytest.mark.usefixtures("said")
async def test_an_epoch_that_the_operator_began_is_found_by_the_sweep(
    server: ChatServer, bob_listens: Person, room: Room
) -> None:
    epoch = await in_thread(begin_epoch)
    await sweep(server)
    bob = await came_back(bob_listens)
    assert server.epochs.current == epoch
    told = await subscribed(bob, room, since=4, epoch=epoch)
    assert told["recovered"], "of the same epoch it misses nothing"


async def test_an_epoch_that_was_over_and_comes_back_with_an_old_backup_is_ended(server: ChatServer) -> None:
    await soon(server.epochs.ready())
    first = server.epochs.current
    second = await in_thread(begin_epoch)
    await sweep(server)
    await in_thread(lambda: restore_epoch(first))
    await sweep(server)
    assert server.epochs.current not in (first, second)
    assert await in_thread(current_epoch) == server.epochs.current


def restore_epoch(epoch: str) -> None:
    Deployment.objects.update(epoch=epoch)


@pytest.mark.usefixtures("said")
async def test_what_a_client_says_of_versions_ends_no_epoch(
    server: ChatServer, bob_listens: Person, room: Room
) -> None:
    epoch = server.epochs.current
    mallory = await connect(server, ALICE)
    for since, said_epoch in ((9_999, epoch), (9_999, None), (2, "0123456789abcdef"), (2, "x" * 64)):
        await soon(
            server.subscriptions.subscribe(
                mallory.session, Subscribe(room_id=room.pk, since=since, epoch=said_epoch)
            )
        )
    assert [frame["recovered"] for frame in mallory.sink.of_type("subscribed")] == [False] * 4
    await sweep(server)
    assert server.epochs.current == epoch
    assert bob_listens.sink.closed is None


async def test_who_says_no_epoch_is_answered_as_ever(alice_listens: Person, room: Room) -> None:
    for text in ("one", "two"):
        await alice_listens.say(room.pk, text)
    bob = await connect(alice_listens.server, BOB)
    told = await subscribed(bob, room, since=1, epoch=None)
    assert told["recovered"]
    await bob.hears("two")


@pytest.mark.usefixtures("said")
async def test_a_proof_counts_while_a_doubt_is_looked_into_that_proves_nothing(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def look(*, epoch: str, reached: object) -> str:
        begun.set()
        may_end.wait(TIMEOUT_S)
        return epoch

    monkeypatch.setattr(epochs, "begin_epoch_if_fallen", look)
    before = server.epochs.current
    server.epochs.doubt(server.epochs.reached([room.pk]))
    await eventually(begun.is_set)
    await in_thread(go_back, room, seq=2)
    await alice_listens.say(room.pk, "another three")
    may_end.set()
    await came_back(bob_listens)
    assert server.epochs.current != before


@pytest.mark.usefixtures("said")
async def test_a_proof_that_the_database_could_not_keep_is_kept_for_the_next_sweep(
    server: ChatServer, alice_listens: Person, bob_listens: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fail(*, instead_of: str) -> str:
        tried.append(instead_of)
        raise OperationalError

    before = server.epochs.current
    await in_thread(go_back, room, seq=2)
    with monkeypatch.context() as away:
        away.setattr(epochs, "begin_epoch", fail)
        await alice_listens.say(room.pk, "another three")
        await alice_listens.say(room.pk, "another four")
        await alice_listens.say(room.pk, "five")
        await eventually(lambda: tried)
    assert server.epochs.current == before == tried[0]
    await sweep(server)
    await came_back(bob_listens)
    assert server.epochs.current != before


@pytest.mark.usefixtures("said")
async def test_what_a_process_remembers_of_messages_ends_with_their_epoch(
    server: ChatServer, bob_listens: Person, room: Room
) -> None:
    assert server.hub.diary.when_let_out(room.pk, 3)
    await in_thread(go_back, room, seq=2)
    await sweep(server)
    await came_back(bob_listens)
    assert server.hub.diary.when_let_out(room.pk, 3) is None
    assert not [move for move in server.hub.diary.moves_of(BOB) if move.what == "heard"]


async def test_another_process_is_told_and_what_it_says_of_the_past_is_not_heard(
    start_server: StartServer, room: Room, lossy: LossyLayer
) -> None:
    here, there = [await start_server(aliases=["lossy"]) for _process in range(2)]
    alice, bob = await connect(here, ALICE), await connect(there, BOB)
    for person in (alice, bob):
        await person.subscribe(room.pk)
    await alice.say(room.pk, "one")
    await bob.hears("one")
    lossy.keep(of_kind("changes"))
    await alice.say(room.pk, "of the past")
    await eventually(lambda: lossy.kept)
    await in_thread(go_back, room, seq=1)
    await sweep(here)
    bob = await came_back(bob)
    assert there.epochs.current == here.epochs.current
    await bob.subscribe(room.pk)
    await lossy.let_go()
    await (await came_back(alice)).say(room.pk, "of the present")
    await bob.hears("of the present")


async def test_v1_sockets_are_closed_as_for_a_restart(server: ChatServer, room: Room) -> None:
    old = await connect(server, BOB, is_v1=True)
    await old.subscribe(room.pk)
    await in_thread(begin_epoch)
    await sweep(server)
    await old.sink.until(lambda: old.sink.closed)
    assert old.sink.closed == (CloseCode.SERVICE_RESTART, "restart")
    assert old.sink.frames == []
    assert not server.hub.rooms
    server.disconnect(old.session)
    assert [move.after for move in server.hub.diary.moves_of(BOB) if move.what == "went"] == [1012]


def test_a_notice_of_a_build_that_knows_no_epochs_is_understood() -> None:
    assert Notice(room_id=1, kind="changes").epoch == ""
