"""Acts on members at two servers: whom they meet is told on every socket, and hears nothing after a removal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatproject.errors import NotInRoom, TooManyRequests
from chatproject.room_errors import Muted
from messaging.limits import Limits
from messaging.sanctioning import Asked, sanction
from messaging.server import ChatServer
from messaging.wire.client_frames import Lift, Mute, Remove
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, caller
from tests.messaging.lossy import LossyLayer, of_kind
from tests.messaging.people import Person, StartServer, connect, in_thread, soon

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def alice_owns(room: Room) -> None:
    places = Participant.objects.filter(room=room, member_id=ALICE)
    await in_thread(lambda: places.update(role=Participant.Role.OWNER))


async def act(server: ChatServer, asked: Asked, *, by: int = ALICE) -> None:
    await soon(sanction(server, asked, caller=caller(by)))


async def listening(server: ChatServer, member_id: int, room: Room, *, is_v1: bool = False) -> Person:
    person = await connect(server, member_id, is_v1=is_v1)
    await person.subscribe(room.pk)
    return person


async def test_who_is_removed_is_told_on_every_socket_and_hears_nothing_more(
    start_server: StartServer, room: Room, alice_owns: None
) -> None:
    here, there = await start_server(), await start_server()
    alice = await listening(here, ALICE, room)
    laptop, phone = await listening(here, BOB, room), await listening(there, BOB, room)
    idle, old = await connect(there, BOB), await listening(there, BOB, room, is_v1=True)
    end = wire_time(timezone.now() + timedelta(days=1))
    await act(here, Remove(room_id=room.pk, member_id=BOB, reason="insults", until=end))
    for socket in (laptop, phone, idle):
        told = await socket.gets("sanction")
        assert (told["act"], told["reason"], told["by"], told["until"]) == ("remove", "insults", "owner", end)
        assert told["roomName"] == "Garden"
    for socket in (laptop, phone):
        assert (await socket.gets("removed"))["reason"] == "removed"
    await alice.gets("left")
    await alice.say(room.pk, "he is out")
    for socket in (laptop, phone, idle, old):
        assert socket.heard() == []
        with pytest.raises(NotInRoom):
            await socket.say(room.pk, "still me")
    with pytest.raises(NotInRoom):
        await old.subscribe(room.pk)


async def test_who_is_muted_hears_why_and_says_nothing_until_it_is_lifted(
    start_server: StartServer, room: Room, alice_owns: None
) -> None:
    here, there = await start_server(), await start_server()
    bob, old = await listening(there, BOB, room), await listening(there, BOB, room, is_v1=True)
    end = wire_time(timezone.now() + timedelta(hours=1))
    await act(here, Mute(room_id=room.pk, member_id=BOB, reason="flooding", until=end))
    told = await bob.gets("sanction")
    assert (told["act"], told["reason"], told["by"], told["until"]) == ("mute", "flooding", "owner", end)
    assert (await bob.gets("room"))["mutedUntil"] == end
    for socket in (bob, old):
        with pytest.raises(Muted):
            await socket.say(room.pk, "hello?")
    await act(here, Lift(room_id=room.pk, member_id=BOB, act="mute"))
    lifted = await bob.sink.until(lambda: [one for one in bob.sink.of_type("sanction") if one.get("lifted")])
    assert lifted[0]["sanctionId"] == told["sanctionId"]
    await bob.sink.until(lambda: "mutedUntil" not in bob.sink.of_type("room")[-1])
    await bob.say(room.pk, "thank you")


async def test_what_the_removed_said_is_hidden_from_all_who_listen(
    start_server: StartServer, room: Room, alice_owns: None
) -> None:
    here, there = await start_server(), await start_server()
    alice, bob = await listening(there, ALICE, room), await listening(there, BOB, room)
    for text in ("buy", "now"):
        await bob.say(room.pk, text)
    await act(here, Remove(room_id=room.pk, member_id=BOB, reason="spam", hide_hours=1))
    changed = await alice.sink.until(lambda: alice.sink.of_type("changed")[1:] and alice.sink.of_type("changed"))
    assert [(one["message"], "hiddenAt" in one) for one in changed] == [("", True), ("", True)]
    await bob.gets("removed")
    assert [one["act"] for one in bob.sink.of_type("sanction")] == ["remove"]


async def test_what_redis_loses_of_a_removal_the_sweep_finds(
    start_server: StartServer, lossy: LossyLayer, room: Room, alice_owns: None
) -> None:
    here, there = await start_server(aliases=["lossy"]), await start_server(aliases=["lossy"])
    bob, old = await listening(there, BOB, room), await listening(there, BOB, room, is_v1=True)
    lossy.lose(of_kind("roster"))
    await act(here, Remove(room_id=room.pk, member_id=BOB, reason="insults"))
    there._repair.sweep_soon()
    assert (await bob.gets("removed"))["reason"] == "removed"
    await (await listening(here, ALICE, room)).say(room.pk, "he is out")
    assert (bob.heard(), old.heard()) == ([], [])


async def test_a_manager_does_no_more_than_a_member_says(
    start_server: StartServer, room: Room, alice_owns: None
) -> None:
    server = await start_server(limits=Limits(sends_per_second=1))
    lift = Lift(room_id=room.pk, member_id=BOB, act="mute")
    for _again in range(3):
        await act(server, lift)
    with pytest.raises(TooManyRequests):
        await act(server, lift)
