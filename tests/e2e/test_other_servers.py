"""Daphne and Django's development server run the application too, beside ours."""

import json
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.conftest import Meet, Pair
from tests.e2e.processes import Process, running
from tests.factories import ALICE, BOB, CHARLIE
from tests.servers import HOST, free_port

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def daphne(pair: Pair) -> Iterator[Process]:
    port = free_port()
    command = ["-m", "daphne", "-b", HOST, "-p", str(port), "chatproject.asgi:application"]
    server = Process(command, pair.env, port, pair.directory / f"daphne-{port}.log")
    with running(server):
        yield server


async def test_alice_on_daphne_and_bob_on_ours_talk(
    daphne: Process, pair: Pair, meet: Meet, room_name: str
) -> None:
    alice, bob = meet(daphne, ALICE, "Alice"), meet(pair.second, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers, his, old = await alice.listen(room), await bob.listen(room), await alice.connect_v1(room)
    await old.send({"type": "subscribe", "roomId": room})

    await hers.say(room, "from Daphne")
    await his.hear("chat", message="from Daphne")
    await his.say(room, "from uvicorn")
    await old.send({"type": "chat", "roomId": room, "message": "from the old app"})

    for socket in (hers, his):
        heard = await socket.hear_until("chat", 3)
        assert [message["seq"] for message in heard] == [1, 2, 3]
    await old.hear(message="from the old app")
    answer = await hers.ask("ask", roomId=room, message="who answers here?")
    assert answer["type"] == "ack"
    await his.hear("assistant", state="done")
    assert (await his.hear_until("chat", 5))[-1]["replyTo"] == 4


async def test_daphne_refuses_what_ours_refuses(daphne: Process, meet: Meet, room_name: str) -> None:
    alice, charlie = meet(daphne, ALICE, "Alice"), meet(daphne, CHARLIE, "Charlie")
    room = await alice.create_room(room_name)

    for person, options in ((charlie, {}), (alice, {"token": ""}), (alice, {"token": "nonsense"})):
        with pytest.raises(InvalidStatus) as refusal:
            await person.connect_v1(room, **options)
        assert refusal.value.response.status_code == 403
    turned_away = await alice.knock(token="nonsense")
    assert (await turned_away.hear("error"))["code"] == "E-AU001"
    assert await turned_away.closed() == 4401
    assert await (await charlie.connect()).refusal("subscribe", roomId=room) == "E-AU002"
    assert await charlie.code("GET", f"/history/{room}") == "E-AU002"


async def test_who_leaves_on_daphne_hears_nothing_more(
    daphne: Process, pair: Pair, meet: Meet, room_name: str
) -> None:
    alice, bob = meet(pair.first, ALICE, "Alice"), meet(daphne, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers, his = await alice.listen(room), await bob.listen(room)

    await bob.delete(f"/room/group/{room}/leave")

    await his.hear("removed", roomId=room)
    await hers.hear("left", memberId=BOB)


async def test_the_development_server_answers_and_talks(pair: Pair, meet: Meet, room_name: str) -> None:
    port = free_port()
    command = ["manage.py", "runserver", "--noreload", f"{HOST}:{port}"]
    server = Process(command, pair.env | {"DEBUG": "1"}, port, pair.directory / f"runserver-{port}.log")
    with running(server):
        alice = meet(server, ALICE, "Alice")
        room = await alice.create_room(room_name)
        hers = await alice.listen(room)
        assert (await hers.say(room, "said while developing"))["seq"] == 1
        await hers.hear("chat", message="said while developing")


async def test_a_frame_that_ends_a_socket_ends_it_on_daphne_too(daphne: Process, meet: Meet) -> None:
    alice = meet(daphne, ALICE, "Alice")
    binary, large = await alice.connect(), await alice.connect()

    await binary.connection.send(b"\x00")
    await large.send(json.dumps({"type": "ping", "more": "x" * 70_000}))

    # Daphne sends neither 1003 nor 1009
    assert await binary.closed() == 1000
    assert await large.closed() == 1000
