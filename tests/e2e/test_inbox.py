"""A member's list of rooms hears of all of them by one frame, wherever something is said."""

import asyncio
from uuid import uuid4

import pytest

from tests.e2e.client import Socket
from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.factories import BOB

pytestmark = pytest.mark.e2e

ROOMS = 130  # more than a socket may subscribe to
STORM = 60


def make_rooms(pair: Pair, *members: Person) -> list[int]:
    """As the main server might, in one go: by REST each would be three requests."""
    database, prefix, now = pair.database_url.rpartition("/")[2], uuid4().hex, "UTC_TIMESTAMP(6)"
    rows = ", ".join(f"('{prefix} {n}', 1, 0, 0, 1, '', {now}, {now})" for n in range(ROOMS))
    numbers = "last_seq, version, roster_version"
    columns = f"name, is_group_chat, {numbers}, assistant_name, created_at, updated_at"
    pair.database.execute(f"INSERT INTO {database}.chat_rooms ({columns}) VALUES {rows}")
    found = pair.database.execute(
        f"SELECT chat_room_id FROM {database}.chat_rooms WHERE name LIKE '{prefix}%' ORDER BY chat_room_id"
    )
    rooms = [int(str(room_id)) for (room_id,) in found]
    places = ", ".join(f"({room}, {one.member_id}, 0)" for room in rooms for one in members)
    pair.database.execute(
        f"INSERT INTO {database}.chat_participants (chat_room_id, user_id, read_seq) VALUES {places}"
    )
    return rooms


async def with_inbox(person: Person, *, at: str = "") -> Socket:
    socket = await person.connect(at=at)
    assert await socket.ask("inbox", on=True) == {"type": "ok", "id": "f1"}
    return socket


async def test_a_list_of_rooms_hears_of_all_of_them_and_of_what_is_read_elsewhere_until_one_is_out(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    rooms = [room, *await asyncio.to_thread(make_rooms, pair, alice, bob)]
    inbox, phone = await with_inbox(bob), await bob.connect(at=pair.first.address)
    hers = await alice.connect()
    assert bob.home != alice.home

    for each in rooms:
        await hers.say(each, "들려요?")
    news = await inbox.hear_until("inbox", len(rooms))
    assert {one["roomId"]: one["messages"][0]["message"] for one in news} == dict.fromkeys(rooms, "들려요?")

    busy = room  # hers
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
