"""Acts on members at two servers: whom they meet is told on every socket, and hears nothing after a removal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatproject.errors import NotInRoom
from messaging.sanctioning import Asked, decide, tell_done
from messaging.server import ChatServer
from messaging.wire.client_frames import Remove
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, caller
from tests.messaging.people import Person, StartServer, connect, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def alice_owns(room: Room) -> None:
    places = Participant.objects.filter(room=room, member_id=ALICE)
    await in_thread(lambda: places.update(role=Participant.Role.OWNER))


async def act(server: ChatServer, asked: Asked, *, by: int = ALICE) -> None:
    tell_done(server, await in_thread(decide, asked, by=caller(by), now=timezone.now()))


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
