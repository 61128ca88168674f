"""Rooms of two, asked for on two servers at once."""

import asyncio

import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

DORA, EVAN, FRED, GINA = 21, 22, 23, 24


@pytest.fixture
async def two(pair: Pair, meet: Meet) -> tuple[Person, Person]:
    """Dora and Evan, known to the server and at home on different ones."""
    dora, evan = meet(pair.first, DORA, "Dora"), meet(pair.second, EVAN, "Evan")
    for person in (dora, evan):
        await person.get("/my/rooms")
    return dora, evan


async def test_both_ask_at_once_and_get_one_room(two: tuple[Person, Person]) -> None:
    dora, evan = two

    rooms = await asyncio.gather(
        *(dora.post("/room/private/create", otherMemberId=EVAN) for _ in range(4)),
        *(evan.post("/room/private/create", otherMemberId=DORA) for _ in range(4)),
    )

    assert len(set(rooms)) == 1
    (mine,) = [room for room in await dora.get("/my/rooms") if room["roomId"] == rooms[0]]
    assert not mine["isGroupChat"]
    assert mine["roomName"] in ("Dora-Evan", "Evan-Dora")


async def test_two_talk_in_private_and_nobody_else_comes_in(
    two: tuple[Person, Person], pair: Pair, charlie: Person
) -> None:
    dora, evan = two
    room = await dora.post("/room/private/create", otherMemberId=EVAN)
    his = await evan.listen(room)

    await (await dora.connect()).say(room, "둘만 아는 이야기")

    assert (await his.hear("chat"))["message"] == "둘만 아는 이야기"
    assert await charlie.code("GET", f"/history/{room}") == "E-AU002"
    assert await charlie.code("POST", f"/room/group/{room}/join") == "E-C003"
    assert await (await charlie.connect()).refusal("subscribe", roomId=room) == "E-AU002"
    assert await evan.code("DELETE", f"/room/group/{room}/leave") == "E-C003"
    name = next(mine["roomName"] for mine in await dora.get("/my/rooms") if mine["roomId"] == room)
    assert await dora.code("GET", "/room/group", name=name) == "E-C003"


async def test_who_is_asked_for_a_private_talk_hears_of_it_at_once(pair: Pair, meet: Meet) -> None:
    fred, gina = meet(pair.first, FRED, "Fred"), meet(pair.second, GINA, "Gina")
    hers = await gina.connect()
    room = await fred.post("/room/private/create", otherMemberId=GINA)

    joined = await hers.hear("joined", roomId=room)

    assert (joined["memberId"], joined["nickName"]) == (GINA, "Gina")
    await hers.subscribe(room)


async def test_nobody_has_a_private_room_alone_or_with_nobody(two: tuple[Person, Person]) -> None:
    dora, _evan = two
    assert await dora.code("POST", "/room/private/create", otherMemberId=DORA) == "E-C001"
    assert await dora.code("POST", "/room/private/create", otherMemberId=999_999) == "E-M001"
