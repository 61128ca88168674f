"""What was said before: pages of the history, unread counts, read marks, and resuming where a socket was cut."""

from typing import Any

import pytest

from tests.e2e.people import Person
from tests.e2e.wire import MESSAGE_KEYS

pytestmark = pytest.mark.e2e


async def say_many(speaker: Person, room_id: int, how_many: int) -> None:
    socket = await speaker.connect()
    frames = [
        await socket.post("chat", roomId=room_id, message=f"이야기 제 {n} 편") for n in range(1, how_many + 1)
    ]
    for frame_id in frames:
        assert (await socket.reply(frame_id))["type"] == "ack"


def seqs(messages: list[dict[str, Any]]) -> list[int]:
    return [message["seq"] for message in messages]


async def test_bob_pages_back_through_what_alice_said(alice: Person, bob: Person, room: int) -> None:
    await say_many(alice, room, 12)

    newest = await bob.get(f"/history/{room}", limit=5)
    older = await bob.get(f"/history/{room}", limit=5, before=newest[0]["seq"])
    oldest = await bob.get(f"/history/{room}", limit=5, before=older[0]["seq"])
    onwards = await bob.get(f"/history/{room}", limit=3, after=oldest[-1]["seq"])

    assert [seqs(page) for page in (oldest, older, newest)] == [[1, 2], [3, 4, 5, 6, 7], [8, 9, 10, 11, 12]]
    assert seqs(onwards) == [3, 4, 5]
    assert seqs(await bob.get(f"/history/{room}")) == list(range(1, 13))
    assert all(message.keys() == MESSAGE_KEYS for message in newest)
    assert (newest[-1]["message"], newest[-1]["nickName"]) == ("이야기 제 12 편", "Alice")


async def test_the_history_and_the_socket_show_the_same_message(alice: Person, bob: Person, room: int) -> None:
    his = await bob.listen(room)
    await (await alice.connect()).say(room, "어디서나 같은 말", clientId="6F9619FF-8B86-4011-B42D-00C04FC964FF")

    live = await his.hear("chat")
    (stored,) = await bob.get(f"/history/{room}")

    assert live == {"type": "chat", **stored}
    assert stored["clientId"] == "6f9619ff-8b86-4011-b42d-00c04fc964ff"


async def test_bobs_unread_messages_are_counted_until_he_reads(alice: Person, bob: Person, room: int) -> None:
    async def unread(person: Person) -> tuple[int, int, int]:
        (mine,) = [mine for mine in await person.get("/my/rooms") if mine["roomId"] == room]
        return mine["unReadCount"], mine["lastSeq"], mine["readSeq"]

    await say_many(alice, room, 3)
    assert await unread(bob) == (3, 3, 0)
    assert await unread(alice) == (0, 3, 3)

    await bob.post(f"/room/{room}/read", seq=2)
    assert await unread(bob) == (1, 3, 2)
    await bob.post(f"/room/{room}/read", seq=1)
    assert await unread(bob) == (1, 3, 2)
    await bob.post(f"/room/{room}/read")
    assert await unread(bob) == (0, 3, 3)


async def test_bob_resumes_where_he_was_cut_off(alice: Person, bob: Person, room: int) -> None:
    first = await bob.listen(room)
    await say_many(alice, room, 2)
    seen = (await first.hear_until("chat", 2))[-1]["version"]
    first.connection.transport.abort()
    await say_many(alice, room, 3)

    again = await bob.connect()
    subscribed = await again.subscribe(room, since=seen)
    await say_many(alice, room, 1)

    assert (subscribed["recovered"], subscribed["lastSeq"], subscribed["readSeq"]) == (True, 5, 0)
    assert seqs(await again.hear_until("chat", 4)) == [3, 4, 5, 6]


async def test_who_comes_later_reads_what_was_said_before(alice: Person, charlie: Person, room_name: str) -> None:
    room = await alice.create_room(room_name)
    await say_many(alice, room, 2)

    await charlie.join(room)

    assert seqs(await charlie.get(f"/history/{room}")) == [1, 2]
    (mine,) = [mine for mine in await charlie.get("/my/rooms") if mine["roomId"] == room]
    assert mine["unReadCount"] == 0


async def test_rooms_are_listed_by_five_and_found_by_name(alice: Person, room_name: str) -> None:
    rooms = [await alice.create_room(f"{room_name} {letter}") for letter in "ABCDEF"]

    page = await alice.get("/room/group/list", page=0)
    next_page = await alice.get("/room/group/list", page=1)

    assert [room["roomId"] for room in page["rooms"]] == rooms[:0:-1]
    assert page["hasNext"]
    assert next_page["rooms"][0]["roomId"] == rooms[0]
    assert await alice.get("/room/group", name=f"{room_name} C") == {
        "roomId": rooms[2],
        "roomName": f"{room_name} C",
    }
