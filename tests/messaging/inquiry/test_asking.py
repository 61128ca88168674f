"""Servers are asked by a process that is none."""

from messaging.inquiry.asking import ask_from_outside
from messaging.inquiry.facts import read_facts
from messaging.store.deployment import deployment_name
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.people import StartServer, connect, in_thread, soon


async def test_every_server_answers(start_server: StartServer, room: Room) -> None:
    servers = [await start_server(), await start_server()]
    await in_thread(deployment_name)
    alice, bob = await connect(servers[0], ALICE), await connect(servers[1], BOB)
    await bob.subscribe(room.pk)
    await alice.say(room.pk, "hello")
    await bob.hears("hello")
    facts = await in_thread(read_facts, room_id=room.pk, seq=1, member_id=BOB)
    heard = await soon(ask_from_outside(facts, wait_s=5.0))
    assert {one.process for one in heard.answers} == {server.relay.own_name(1) for server in servers}
    assert heard.silent == {}
    assert [socket.handed for one in heard.answers for socket in one.sockets] == ["live"]
