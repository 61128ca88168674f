"""Hiding and silence at servers with people: who hears of it, by which road, and that an end comes in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.errors import ChatError
from messaging.server import ChatServer
from messaging.store.services import Stored
from messaging.wire.client_frames import Delete, Edit, Hide, Pin, React
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB
from tests.messaging.people import Person, connect, in_thread, soon
from tests.messaging.store.doing import role

pytestmark = pytest.mark.django_db(transaction=True)


async def do(person: Person, frame: Edit | Delete | React | Pin | Hide) -> Stored:
    return await soon(person.server.act(person.session, frame))


async def code_of(person: Person, frame: React | Edit) -> tuple[str, float | None]:
    try:
        await do(person, frame)
    except ChatError as error:
        return error.code, error.retry_after
    return "S-001", None


@pytest.fixture
async def alice_owns(room: Room) -> None:
    await in_thread(lambda: role(room, owner=ALICE))


async def test_what_is_hidden_on_one_server_is_so_on_the_other_and_its_author_is_told_on_all_sockets(
    here: ChatServer, there: ChatServer, room: Room, alice_owns: None, alice_here: Person, bob_there: Person
) -> None:
    elsewhere = await connect(there, BOB)  # listens to no room
    await alice_here.say(room.pk, "one")
    await bob_there.say(room.pk, "나쁜 말")
    await alice_here.hears("one", "나쁜 말")
    await do(alice_here, Hide(room_id=room.pk, seq=2, reason="욕설"))
    [told] = await bob_there.sink.until(lambda: bob_there.sink.of_type("changed"))
    assert (told["seq"], told["message"], told["senderId"]) == (2, "", BOB)
    assert "hiddenAt" in told
    for person in (bob_there, elsewhere):
        sanction = await person.gets("sanction")
        assert {name: sanction[name] for name in ("roomName", "act", "by", "reason", "seq")} == {
            "roomName": "Garden",
            "act": "hide",
            "by": "owner",
            "reason": "욕설",
            "seq": 2,
        }
    assert not alice_here.sink.of_type("sanction")
    late = await connect(there, ALICE)
    await late.subscribe(room.pk, since=2)
    [replayed] = late.sink.of_type("changed")  # and no `chat`, of which somebody would be told
    assert (replayed["seq"], replayed["message"]) == (2, "")
    await do(alice_here, Hide(room_id=room.pk, seq=2, on=False))
    shown = await bob_there.sink.until(
        lambda: [one for one in bob_there.sink.of_type("changed") if one["message"]]
    )
    assert "hiddenAt" not in shown[0]
    lifted = await bob_there.sink.until(
        lambda: [one for one in bob_there.sink.of_type("sanction") if "lifted" in one]
    )
    assert lifted[0]["seq"] == 2


async def test_a_hiding_ends_by_itself_within_a_second_without_any_layer_between_servers(
    server: ChatServer, room: Room, alice_owns: None, alice_listens: Person, bob_listens: Person
) -> None:
    await bob_listens.say(room.pk, "잠깐")
    until = datetime.now(UTC) + timedelta(seconds=1)
    await do(alice_listens, Hide(room_id=room.pk, seq=1, reason="잠시", until=wire_time(until)))

    def shown() -> list[dict[str, Any]]:
        return [frame for frame in alice_listens.sink.of_type("changed") if "hiddenAt" not in frame]

    await alice_listens.sink.until(shown)
    late = datetime.now(UTC) - until
    assert timedelta(0) <= late < timedelta(seconds=1)
    assert shown()[0]["message"] == "잠깐"


async def test_who_is_muted_is_told_for_how_long_and_is_heard_again_afterwards(
    server: ChatServer, room: Room, alice_listens: Person, bob_listens: Person
) -> None:
    await alice_listens.say(room.pk, "one")
    first = await bob_listens.say(room.pk, "two", client_id="a" * 32)
    until = datetime.now(UTC) + timedelta(minutes=10)
    bobs = Participant.objects.filter(room=room, member_id=BOB)
    await in_thread(lambda: bobs.update(muted_until=until))
    with pytest.raises(ChatError) as refusal:
        await bob_listens.say(room.pk, "three")
    assert refusal.value.code == "E-MO002"
    assert refusal.value.retry_after is not None
    assert 590 < refusal.value.retry_after <= 600
    again = await bob_listens.say(room.pk, "two", client_id="a" * 32)
    assert (again.duplicate, again.message.seq) == (True, first.message.seq)
    for frame in (React(room_id=room.pk, seq=1, key="heart"), Edit(room_id=room.pk, seq=2, message="zwei")):
        assert (await code_of(bob_listens, frame))[0] == "E-MO002"
    await do(bob_listens, Delete(room_id=room.pk, seq=2))
    await in_thread(lambda: bobs.update(muted_until=datetime.now(UTC)))
    await bob_listens.say(room.pk, "four")
    await alice_listens.hears("one", "two", "four")
