"""A server is asked to stop, is one of several workers, or dies: what its clients see."""

import asyncio

import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.processes import Process, running, serve
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.e2e

IN_FLIGHT = 300  # messages


async def test_a_stopping_server_says_bye_and_ends_in_time(pair: Pair, meet: Meet, room_name: str) -> None:
    server = serve(pair.directory, pair.env)
    with running(server):
        alice, bob = meet(server, ALICE, "Alice"), meet(pair.second, BOB, "Bob")
        room = await alice.create_room(room_name)
        await bob.join(room)
        hers, old, his = await alice.listen(room), await alice.connect_v1(room), await bob.listen(room)
        ack = await hers.say(room, "gone in a moment")

        server.ask_to_stop()

        assert (await hers.hear("bye"))["reconnectAfter"] > 0
        assert await hers.closed() == 1012
        assert await old.closed() == 1012
        assert old.heard == []  # v1 knows no other frames than messages
        assert await asyncio.to_thread(server.wait) == 0
        assert (await his.hear("chat"))["seq"] == ack["seq"]


async def test_whoever_comes_back_elsewhere_misses_nothing(pair: Pair, meet: Meet, room_name: str) -> None:
    server = serve(pair.directory, pair.env)
    with running(server):
        alice, bob = meet(server, ALICE, "Alice"), meet(pair.second, BOB, "Bob")
        room = await alice.create_room(room_name)
        await bob.join(room)
        hers, his = await alice.connect(), await bob.connect()
        since = (await hers.subscribe(room))["version"]
        server.ask_to_stop()
        assert await hers.closed() == 1012
    await his.say(room, "while she was away")

    again = await alice.connect(at=pair.first.address)
    assert (await again.subscribe(room, since=since))["recovered"]

    assert (await again.hear("chat"))["message"] == "while she was away"


async def test_what_was_acknowledged_before_the_end_is_stored(pair: Pair, meet: Meet, room_name: str) -> None:
    server = serve(pair.directory, pair.env)
    with running(server):
        alice = meet(server, ALICE, "Alice")
        room = await alice.create_room(room_name)
        hers = await alice.connect()
        for n in range(IN_FLIGHT):
            await hers.post("chat", roomId=room, message=f"quickly, no. {n}")
        await hers.wait_for_answers(1)
        server.ask_to_stop()
        await hers.closed()
        assert await asyncio.to_thread(server.wait) == 0

    acknowledged = [answer["seq"] for answer in hers.answers if answer["type"] == "ack"]
    stored = pair.count("chat_messages", f"chat_room_id = {room}")
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert len(acknowledged) <= stored <= IN_FLIGHT


async def test_two_workers_behind_one_port_are_one_server(pair: Pair, meet: Meet, room_name: str) -> None:
    server = serve(pair.directory, pair.env)
    workers = Process([*server.command, "--workers", "2"], server.env, server.port, server.log)
    with running(workers):
        workers.wait_for_log("Application startup complete", times=2)  # one that is starting does not end at once
        alice, bob = meet(workers, ALICE, "Alice"), meet(workers, BOB, "Bob")
        room = await alice.create_room(room_name)
        await bob.join(room)
        hers = await alice.connect()
        his = [await bob.listen(room) for _ in range(8)]  # some with either worker

        await hers.say(room, "to both halves")
        for socket in his:
            assert (await socket.hear("chat"))["message"] == "to both halves"

        workers.ask_to_stop()
        for socket in (hers, *his):
            await socket.hear("bye")
            assert await socket.closed() == 1012
        assert await asyncio.to_thread(workers.wait) == 0
