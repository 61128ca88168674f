"""What is done to messages, at servers with people: who hears of it, as what, and what is told once only."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from chatproject.errors import ChatError, NotInRoom, StoreUnavailable
from messaging.models import Message, Reaction
from messaging.server import ChatServer
from messaging.store.services import Stored
from messaging.wire.client_frames import Delete, Edit, Pin, React
from rooms.models import Member, Participant, Room
from rooms.services import remove_participant
from tests.factories import ALICE, BOB, CHARLIE, give_role
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import Person, connect, eventually, in_thread, soon

pytestmark = pytest.mark.django_db(transaction=True)


async def do(person: Person, frame: Edit | Delete | React | Pin) -> Stored:
    return await soon(person.server.act(person.session, frame))


def edit(room: Room, seq: int, text: str) -> Edit:
    return Edit(room_id=room.pk, seq=seq, message=text)


def react(room: Room, seq: int, key: str = "heart", *, on: bool = True) -> React:
    return React(room_id=room.pk, seq=seq, key=key, on=on)


def screen(person: Person) -> dict[int, dict[str, Any]]:
    """What the person's client shows: each message as it was told last, as new or as changed."""
    return {frame["seq"]: frame | {"type": "message"} for frame in person.sink.of_type("chat", "changed")}


@pytest.fixture
async def alice_manages(room: Room) -> None:
    await in_thread(lambda: give_role(room, ALICE))


async def test_everyone_hears_what_was_done_and_who_was_away_hears_it_once(
    server: ChatServer, room: Room, alice_manages: None, alice_listens: Person, bob_listens: Person
) -> None:
    for text in ("one", "two", "three", "four"):
        await alice_listens.say(room.pk, text)
    await do(alice_listens, edit(room, 1, "eins"))
    await do(alice_listens, Delete(room_id=room.pk, seq=2))
    await do(bob_listens, react(room, 3))
    await do(alice_listens, Pin(room_id=room.pk, seq=3))
    stored = await do(alice_listens, Pin(room_id=room.pk, seq=4))
    assert stored.message.version == 10
    await bob_listens.sink.until(lambda: 10 in bob_listens.versions())
    assert bob_listens.versions() == list(range(1, 11))
    assert bob_listens.heard() == ["one", "two", "three", "four"]
    late = await connect(server, BOB)
    await late.subscribe(room.pk, since=4)
    assert screen(late) == screen(bob_listens)
    assert sorted(late.versions()) == late.versions() == [5, 6, 9, 10]
    assert screen(late)[1]["message"] == "eins"
    assert (screen(late)[2]["message"], screen(late)[2]["deletedBy"]) == ("", "author")
    assert screen(late)[3]["reactions"] == [{"key": "heart", "count": 1, "memberIds": [BOB]}]
    assert ("pinnedAt" in screen(late)[3], "pinnedAt" in screen(late)[4]) == (False, True)
    assert (await late.gets("subscribed"))["pinned"] == 4


async def test_a_v1_client_hears_what_is_said_and_nothing_of_what_is_done(
    server: ChatServer, room: Room, alice_listens: Person
) -> None:
    old = await connect(server, BOB, is_v1=True)
    await old.subscribe(room.pk)
    await alice_listens.say(room.pk, "one")
    await do(alice_listens, edit(room, 1, "eins"))
    await do(alice_listens, react(room, 1))
    await alice_listens.say(room.pk, "two")
    await old.hears("one", "two")
    assert [frame["type"] for frame in old.sink.frames] == ["chat", "chat"]


async def test_a_v1_client_hears_once_what_was_edited_before_its_server_read_it(
    quick_sweep: None, here: ChatServer, there: ChatServer, lossy: LossyLayer, room: Room, alice_here: Person
) -> None:
    old = await connect(there, BOB, is_v1=True)
    await old.subscribe(room.pk)
    lossy.lose(of_kind("changes"))
    await alice_here.say(room.pk, "one")
    await alice_here.say(room.pk, "two")
    await do(alice_here, edit(room, 1, "eins"))
    await old.hears("two", "eins")
    await do(alice_here, react(room, 2))
    await alice_here.say(room.pk, "three")
    await old.hears("two", "eins", "three")


async def test_a_storm_of_reactions_is_told_a_few_times_and_in_the_end_exactly(
    server: ChatServer, room: Room, alice_listens: Person, bob_listens: Person
) -> None:
    await alice_listens.say(room.pk, "I passed the exam!")
    ids = range(1000, 1300)
    await in_thread(join, room, ids)
    people = [await connect(server, member_id) for member_id in ids]
    outcomes = await soon(asyncio.gather(*[do(person, react(room, 1)) for person in people]))
    await bob_listens.sink.until(lambda: screen(bob_listens)[1].get("reactions", [{}])[0].get("count") == 300)
    versions = Counter(stored.message.version for stored in outcomes)
    assert len(versions) == len(bob_listens.sink.of_type("changed")) <= 4
    [hearts] = screen(bob_listens)[1]["reactions"]
    assert (hearts["count"], len(hearts["memberIds"])) == (300, 30)


def join(room: Room, ids: range) -> None:
    Member.objects.bulk_create(Member(member_id=number, nickname=f"No. {number}") for number in ids)
    Participant.objects.bulk_create(Participant(room=room, member_id=number) for number in ids)


async def test_over_two_servers_a_storm_keeps_the_same_pace(
    here: ChatServer, there: ChatServer, room: Room, alice_here: Person, bob_there: Person
) -> None:
    await alice_here.say(room.pk, "hello")
    for number in range(6):
        on = number % 2 == 0
        await soon(asyncio.gather(do(alice_here, react(room, 1, on=on)), do(bob_there, react(room, 1, on=on))))
    await alice_here.sink.until(lambda: "reactions" not in screen(alice_here)[1])
    told = await in_thread(lambda: list(Message.objects.values_list("version", "updated_at", "created_at")))
    [(version, updated_at, created_at)] = told
    assert (updated_at - created_at).total_seconds() >= 0.2 * (version - 2)


async def test_an_edit_and_a_deletion_at_once_end_alike_everywhere(
    here: ChatServer, there: ChatServer, room: Room, alice_here: Person, bob_there: Person
) -> None:
    alices_phone = await connect(there, ALICE)
    await alices_phone.subscribe(room.pk)
    await alice_here.say(room.pk, "one")
    edited, deleted = await soon(
        asyncio.gather(
            do(alice_here, edit(room, 1, "eins")),
            do(alices_phone, Delete(room_id=room.pk, seq=1)),
            return_exceptions=True,
        )
    )
    assert isinstance(deleted, Stored)
    assert isinstance(edited, Stored) or getattr(edited, "code", "") == "E-MS004"
    for person in (alice_here, alices_phone, bob_there):
        await person.sink.until(lambda person=person: screen(person).get(1, {}).get("deletedAt"))  # type: ignore[misc]
        assert screen(person)[1]["message"] == ""


async def test_who_left_meanwhile_changes_nothing_more(
    server: ChatServer, room: Room, alice_listens: Person, bob_listens: Person
) -> None:
    await bob_listens.say(room.pk, "one")
    await in_thread(lambda: remove_participant(room_id=room.pk, member_id=BOB))
    outcomes = await asyncio.gather(
        do(bob_listens, edit(room, 1, "eins")), do(bob_listens, react(room, 1)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [NotInRoom, NotInRoom]


async def test_a_stranger_learns_nothing_of_a_room(server: ChatServer, room: Room, alice_listens: Person) -> None:
    await alice_listens.say(room.pk, "one")
    stranger = await connect(server, CHARLIE)
    for frame in (edit(room, 1, "x"), edit(room, 99, "x"), react(room, 1), Delete(room_id=room.pk, seq=1)):
        with pytest.raises(ChatError) as refused:
            await do(stranger, frame)
        assert refused.value.code == "E-AU002"


async def test_a_reaction_that_waits_is_refused_at_the_end_of_the_server_to_come_again(
    server: ChatServer, room: Room, alice_listens: Person
) -> None:
    await alice_listens.say(room.pk, "one")
    await do(alice_listens, react(room, 1))
    waiting = server.act(alice_listens.session, react(room, 1, "thumb"))
    await eventually(lambda: len(server.writer._pace))
    await soon(server.writer.stop())
    outcome = await soon(asyncio.gather(waiting, return_exceptions=True))
    assert isinstance(outcome[0], Stored | StoreUnavailable)  # the moment may have come just then
    assert await in_thread(Reaction.objects.count) == (2 if isinstance(outcome[0], Stored) else 1)
