"""Alice and Bob in a group room, each on a server of their own; Charlie is a stranger."""

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e


async def test_alice_and_bob_talk_over_two_servers(alice: Person, bob: Person, room: int) -> None:
    hers, his = await alice.listen(room), await bob.listen(room)

    ack = await hers.say(room, "Bob, 점심 먹었어요?")
    heard = await his.hear("chat")
    answer = await his.say(room, "아직이요 🍙")

    assert heard["message"] == "Bob, 점심 먹었어요?"
    assert (heard["senderId"], heard["nickName"]) == (alice.member_id, "Alice")
    assert {name: heard[name] for name in ("seq", "version", "createdAt")} == {
        name: ack[name] for name in ("seq", "version", "createdAt")
    }
    assert (ack["seq"], answer["seq"]) == (1, 2)
    assert (await hers.hear("chat", senderId=bob.member_id))["message"] == "아직이요 🍙"


async def test_a_v1_client_and_a_v2_client_hear_each_other(alice: Person, bob: Person, room: int) -> None:
    old = await alice.connect_v1(room)
    await old.send({"type": "SUBSCRIBE", "roomId": str(room)})
    await old.send({"type": "chat", "roomId": room, "senderId": bob.member_id, "message": "옛 앱에서 씁니다"})
    await old.hear(message="옛 앱에서 씁니다")

    new = await bob.connect()
    subscribed = await new.subscribe(room, since=0)
    replayed = await new.hear("chat")
    await new.say(room, "새 앱에서 읽었어요")

    assert subscribed["recovered"]
    assert (replayed["senderId"], replayed["message"]) == (alice.member_id, "옛 앱에서 씁니다")
    heard = await old.hear(message="새 앱에서 읽었어요")
    assert (heard["roomId"], heard["senderId"], heard["nickName"]) == (room, bob.member_id, "Bob")


async def test_bob_sees_alice_typing_and_alice_sees_what_bob_has_read(
    alice: Person, bob: Person, room: int
) -> None:
    hers, his = await alice.listen(room), await bob.listen(room)

    await hers.send({"type": "typing", "roomId": room})
    ack = await hers.say(room, "다 썼어요, 읽어 주세요")
    (typing,) = await his.hear_until("typing", 1)  # before her message, or where a sweep brought that, after it
    assert typing == {"type": "typing", "roomId": room, "memberId": alice.member_id, "nickName": "Alice"}
    await his.hear_until("chat", 1)
    assert (await his.ask("read", roomId=room, seq=ack["seq"]))["type"] == "ok"

    await hers.hear("read", memberId=bob.member_id, seq=ack["seq"])
    assert not hers.all_heard("typing")  # her own


async def test_alice_hears_bob_join(alice: Person, bob: Person, room_name: str) -> None:
    room = await alice.create_room(room_name)
    hers = await alice.listen(room)

    await bob.join(room)

    await hers.hear("joined", roomId=room, memberId=bob.member_id, nickName="Bob")


async def test_who_leaves_hears_nothing_more(pair: Pair, alice: Person, bob: Person, room: int) -> None:
    old = await bob.listen_v1(room, "나 곧 나가요")
    here, there = await bob.listen(room, at=pair.first.address), await bob.listen(room, at=pair.second.address)
    hers = await alice.listen(room, at=pair.second.address)

    await bob.delete(f"/room/group/{room}/leave", at=pair.first.address)
    for socket in (here, there):
        await socket.hear("removed", roomId=room, reason="left")
    await hers.hear("left", roomId=room, memberId=bob.member_id, nickName="Bob")
    await hers.say(room, "Bob이 없는 이야기")

    await hers.hear("chat")
    for socket in (here, there):
        await socket.catch_up()
        assert not socket.all_heard("chat")
        assert await socket.refusal("chat", roomId=room, message="나 아직 있어요") == "E-AU002"
    assert [frame["message"] for frame in old.heard] == ["나 곧 나가요"]


async def test_a_stranger_is_refused_everywhere(alice: Person, charlie: Person, room: int) -> None:
    await (await alice.listen(room)).say(room, "우리끼리 이야기")
    socket = await charlie.connect()

    for frame in (
        {"kind": "subscribe"},
        {"kind": "subscribe", "since": 0},
        {"kind": "chat", "message": "끼워 주세요"},
        {"kind": "read", "seq": 1},
        {"kind": "typing"},
        {"kind": "ask"},
        {"kind": "ask", "message": "무슨 이야기예요?"},
    ):
        assert await socket.refusal(roomId=room, **frame) == "E-AU002", frame
    assert await charlie.code("GET", f"/history/{room}") == "E-AU002"
    assert await charlie.code("POST", f"/room/{room}/read") == "E-AU002"
    assert await charlie.code("POST", "/llm", roomId=room) == "E-AU002"
    assert await charlie.code("DELETE", f"/room/group/{room}/leave") == "E-M001"
    assert room not in [mine["roomId"] for mine in await charlie.get("/my/rooms")]
    assert [frame["type"] for frame in socket.heard] == ["welcome"]


async def test_the_last_one_out_closes_the_room(alice: Person, room_name: str) -> None:
    room = await alice.create_room(room_name)
    hers = await alice.listen(room)

    await alice.delete(f"/room/group/{room}/leave")

    await hers.hear("removed", roomId=room)
    assert await alice.code("GET", f"/history/{room}") == "E-R001"
    assert await alice.create_room(room_name) != room
