"""Rooms of two, asked for on two servers at once."""

import asyncio

import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

DORA, EVAN, FRED, GWEN = 21, 22, 23, 24


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
    assert await evan.code("DELETE", f"/room/group/{room}/leave") == "E-C003"
    assert await evan.code("POST", f"/room/group/{room}/join") == "E-C003"
    outside = await charlie.connect()
    for asked in (room, room + 1_000_000):  # the second is not there at all
        assert await charlie.code("GET", f"/history/{asked}") == "E-R001"
        assert await charlie.code("POST", f"/room/{asked}/read") == "E-R001"
        assert await charlie.code("POST", f"/room/group/{asked}/join") == "E-R001"
        assert await charlie.code("DELETE", f"/room/group/{asked}/leave") == "E-R001"
        assert await charlie.code("POST", "/llm", roomId=str(asked)) == "E-R001"
        assert await outside.refusal("subscribe", roomId=asked) == "E-R001"
        assert await outside.refusal("chat", roomId=asked, message="거기 있어요?") == "E-R001"
        assert await outside.refusal("read", roomId=asked, seq=1) == "E-R001"
        assert await outside.refusal("typing", roomId=asked) == "E-AU002"


async def test_what_two_are_called_is_a_name_that_a_group_may_have(two: tuple[Person, Person]) -> None:
    dora, _evan = two
    await dora.post("/room/private/create", otherMemberId=EVAN)
    name = next(mine["roomName"] for mine in await dora.get("/my/rooms") if not mine["isGroupChat"])
    assert await dora.code("GET", "/room/group", name=name) == "E-R001"
    group = await dora.create_room(name)
    assert (await dora.get("/room/group", name=name))["roomId"] == group
    assert await dora.code("POST", "/room/group/create", roomName=name) == "E-R002"


async def test_who_is_asked_for_a_private_talk_hears_of_it_at_once(pair: Pair, meet: Meet) -> None:
    fred, gwen = meet(pair.first, FRED, "Fred"), meet(pair.second, GWEN, "Gwen")
    hers = await gwen.connect()
    room = await fred.post("/room/private/create", otherMemberId=GWEN)

    joined = await hers.hear("joined", roomId=room)

    assert (joined["memberId"], joined["nickName"]) == (GWEN, "Gwen")
    await hers.subscribe(room)


async def test_nobody_has_a_private_room_alone_or_with_nobody(two: tuple[Person, Person]) -> None:
    dora, _evan = two
    assert await dora.code("POST", "/room/private/create", otherMemberId=DORA) == "E-C001"
    assert await dora.code("POST", "/room/private/create", otherMemberId=999_999) == "E-M001"
