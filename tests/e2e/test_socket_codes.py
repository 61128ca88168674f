"""Every refusal of a v2 socket, what closes it, and what a v1 socket drops without a word."""

import json

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process

pytestmark = pytest.mark.e2e

NOWHERE = 987_654_321
MORE_THAN_BUFFERS_HOLD = 800  # messages of 12 KB
AT_ONCE = 40  # of them: who reads may be so far behind, should the machine stand still for a while


async def test_refusals_carry_the_id_and_the_socket_stays_open(alice: Person, room: int) -> None:
    socket = await alice.connect()

    refusal = await socket.ask("chat", roomId=room, message="")
    assert (refusal["code"], refusal["roomId"]) == ("E-C001", room)
    assert await socket.refusal("chat", roomId=room, message="가" * 4_001) == "E-C002"
    assert await socket.refusal("chat", roomId=room, message="답장", replyTo=99) == "E-C001"
    assert await socket.refusal("chat", roomId=NOWHERE, message="거기 누구 있나요") == "E-R001"
    assert await socket.refusal("subscribe", roomId=NOWHERE) == "E-R001"
    assert await socket.refusal("read", roomId=NOWHERE, seq=1) == "E-R001"
    assert await socket.refusal("ask", roomId=NOWHERE, message="거기 누구 있나요") == "E-R001"
    assert await socket.refusal("ask", roomId=room) == "E-C001"  # nothing was said yet
    assert await socket.refusal("wave", roomId=room) == "E-C001"
    assert (await socket.say(room, "가" * 4_000))["seq"] == 1


async def test_a_refusal_speaks_the_clients_language(alice: Person, room: int) -> None:
    socket = await alice.connect(additional_headers={"Accept-Language": "en"})
    refusal = await socket.ask("subscribe", roomId=NOWHERE)
    assert refusal["message"] == "There is no such room."


async def test_a_stopped_subscription_hears_nothing_more(alice: Person, bob: Person, room: int) -> None:
    hers, his = await alice.listen(room), await bob.listen(room)

    assert (await his.ask("unsubscribe", roomId=room))["type"] == "ok"
    await hers.say(room, "들려요, Bob?")
    await hers.hear("chat")
    await his.catch_up()

    assert not his.all_heard("chat")
    assert await his.refusal("typing", roomId=room) == "E-AU002"
    assert (await his.ask("unsubscribe", roomId=room))["type"] == "ok"


async def test_a_binary_frame_closes_with_1003(alice: Person) -> None:
    socket = await alice.connect()
    await socket.connection.send(b'{"type":"ping"}')
    assert await socket.closed() == 1003


async def test_a_frame_beyond_the_limit_closes_with_1009(alice: Person) -> None:
    fits, too_large = await alice.connect(), await alice.connect()
    padding = 65_536 - len('{"type":"ping","id":"p","x":""}')

    await fits.send('{"type":"ping","id":"p","x":"' + "x" * padding + '"}')
    await too_large.send('{"type":"ping","id":"p","x":"' + "x" * (padding + 1) + '"}')

    assert (await fits.reply("p"))["type"] == "pong"
    assert await too_large.closed() == 1009


async def test_3_000_emoji_as_escapes_are_heard(alice: Person, room: int) -> None:
    socket = await alice.listen(room)
    await socket.send(json.dumps({"type": "chat", "id": "c", "roomId": room, "message": "🍣" * 3_000}))

    assert (await socket.reply("c"))["type"] == "ack"


async def test_text_that_is_not_utf_8_closes_with_1007(alice: Person) -> None:
    socket = await alice.connect()
    await socket.connection.send(b'{"type":"\xff"}', text=True)
    assert await socket.closed() == 1007


async def test_who_does_not_read_is_closed_with_4408_and_slows_nobody(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    hers, reading, idle = await alice.connect(), await bob.listen(room), await bob.listen(room)
    idle.connection.transport.pause_reading()

    closed_before = count_slow_readers(pair.second)
    for said in range(AT_ONCE, MORE_THAN_BUFFERS_HOLD + 1, AT_ONCE):
        frames = [await hers.post("chat", roomId=room, message="가" * 4_000) for _ in range(AT_ONCE)]
        for frame_id in frames:
            assert (await hers.reply(frame_id))["type"] == "ack"
        heard = await reading.hear_until("chat", said)
        if count_slow_readers(pair.second) > closed_before:
            break
    idle.connection.transport.resume_reading()  # before the server has waited for that in vain

    assert await idle.closed() == 4408
    got = [message["seq"] for message in idle.all_heard("chat")]
    assert got == list(range(1, len(got) + 1))
    assert len(got) < len(heard)


def count_slow_readers(server: Process) -> int:
    return server.read_log().count('"code": 4408')


async def test_v1_drops_what_it_refuses_and_stays_open(alice: Person, bob: Person, room: int) -> None:
    other_room = await bob.create_room(f"Bob의 방 {room}")
    old = await alice.connect_v1(room)

    for frame in (
        "no json",
        {"type": "wave", "roomId": room},
        {"type": "subscribe", "roomId": other_room},
        {"type": "chat", "roomId": other_room, "message": "몰래 들어온 말"},
        {"type": "chat", "roomId": room, "message": "   "},
        {"type": "chat", "roomId": NOWHERE, "message": "없는 방의 말"},
        {"type": "Subscribe", "roomId": room},
        {"type": "CHAT", "roomId": str(room), "senderId": bob.member_id, "message": "아직 열려 있어요"},
    ):
        await old.send(frame)

    heard = await old.hear()
    assert (heard["message"], heard["senderId"]) == ("아직 열려 있어요", alice.member_id)
    assert len(old.heard) == 1
    assert await bob.get(f"/history/{other_room}") == []
