"""A member's list of rooms hears of all of them by one frame, wherever something is said."""

import asyncio

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.factories import BOB

pytestmark = pytest.mark.e2e

ROOMS = 130  # more than a socket may subscribe to
STORM = 60


async def make_rooms(alice: Person, bob: Person, name: str) -> list[int]:
    async def make(number: int) -> int:
        room = await alice.create_room(f"{name} {number}"[:50])
        await bob.join(room)
        return room

    made: list[int] = []
    for start in range(0, ROOMS, 10):
        made += await asyncio.gather(*(make(number) for number in range(start, start + 10)))
    return made


async def with_inbox(person: Person, *, at: str = "") -> Socket:
    socket = await person.connect(at=at)
    assert await socket.ask("inbox", on=True) == {"type": "ok", "id": "f1"}
    return socket


async def test_a_list_of_rooms_hears_of_all_of_them_and_of_what_is_read_elsewhere_until_one_is_out(
    pair: Pair, meet: Meet, alice: Person, bob: Person, room_name: str
) -> None:
    rooms = await make_rooms(alice, bob, room_name)
    inbox, phone = await with_inbox(bob), await bob.connect(at=pair.first.address)
    hers = await alice.connect()
    assert bob.home != alice.home

    for room in rooms:
        await hers.say(room, "들려요?")
    news = await inbox.hear_until("inbox", ROOMS)
    assert {one["roomId"]: one["messages"][0]["message"] for one in news} == dict.fromkeys(rooms, "들려요?")

    busy = rooms[0]
    await asyncio.gather(*(hers.say(busy, f"말 {n}", mentions=[BOB] if n == 2 else []) for n in range(STORM)))
    await inbox.find("inbox", roomId=busy, lastSeq=STORM + 1)
    told = [one for one in inbox.all_heard("inbox") if one["roomId"] == busy]
    assert len(told) < STORM / 4
    assert sum("mentions" in message for one in told for message in one["messages"]) == 1

    await phone.ask("read", roomId=busy, seq=1)
    read = await inbox.find("inbox", roomId=busy, readSeq=1)
    assert (read["lastSeq"], read["mentionCount"]) == (STORM + 1, 1)
    entries = {entry["roomId"]: entry for entry in await bob.get("/my/rooms")}
    assert (entries[busy]["readSeq"], entries[busy]["mentionCount"]) == (1, 1)

    assert (await hers.ask("remove", roomId=busy, memberId=BOB, reason="도배"))["type"] == "ok"
    await inbox.hear("removed", roomId=busy, reason="removed")
    await hers.say(busy, "이제 나갔어요")
    await hers.say(rooms[1], "아직 있어요")
    await inbox.hear("inbox", roomId=rooms[1], lastSeq=2)
    assert "이제 나갔어요" not in str(inbox.heard)
