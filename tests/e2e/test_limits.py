"""A server with narrow limits and without a model: what is refused there, and that nobody else pays for it."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import Process, running, serve

pytestmark = pytest.mark.e2e

FAYE, GREG, HANA, INSU = 31, 32, 33, 34
NARROW = {
    "LIMIT_SENDS_PER_SECOND": "1",
    "LIMIT_FRAMES_PER_SECOND": "5",
    "LIMIT_SOCKETS_PER_MEMBER": "2",
    "LIMIT_ROOMS_PER_SOCKET": "1",
    "LIMIT_WRITES_PER_SECOND": "5",
    "LIMIT_ROOMS_PER_DAY": "4",
    "LLM_KEY": "",
}


@pytest.fixture(scope="module")
def strict(pair: Pair) -> Iterator[Process]:
    server = serve(pair.directory, pair.env | NARROW)
    with running(server):
        yield server


@pytest.fixture
def faye(strict: Process, meet: Meet) -> Person:
    return meet(strict, FAYE, "Faye")


@pytest.fixture
def greg(strict: Process, meet: Meet) -> Person:
    return meet(strict, GREG, "Greg")


async def test_who_sends_too_much_is_told_to_wait_and_others_are_not(
    faye: Person, greg: Person, room_name: str
) -> None:
    room = await faye.create_room(room_name)
    await greg.join(room)
    hers, his = await faye.connect(), await greg.connect()

    at_once = [await hers.post("chat", roomId=room, message=f"{n}번 말해요, 들려요?") for n in range(5)]
    replies = [await hers.reply(frame_id) for frame_id in at_once]

    assert [reply["type"] for reply in replies[:3]] == ["ack"] * 3
    assert (replies[-1]["type"], replies[-1]["code"]) == ("error", "E-C004")
    assert 0 < replies[-1]["retryAfter"] <= 1
    assert (await his.say(room, "저는 처음이에요"))["type"] == "ack"


async def test_who_floods_a_socket_with_frames_loses_it(greg: Person) -> None:
    flooding = await greg.connect()
    for _ in range(20):
        await flooding.post("ping")
    assert await flooding.closed() == 4429
    await (await greg.connect()).catch_up()


async def test_a_member_has_so_many_sockets_and_no_more(faye: Person) -> None:
    first, _second = [await faye.connect() for _ in range(2)]

    third = await faye.knock()
    assert (await third.hear("error"))["code"] == "E-C004"
    assert await third.closed() == 4429

    await first.catch_up()


async def test_a_socket_listens_to_so_many_rooms_and_no_more(faye: Person, room_name: str) -> None:
    one, two = [await faye.create_room(f"{room_name} {n}") for n in "ab"]
    socket = await faye.listen(one)

    assert await socket.refusal("subscribe", roomId=two) == "E-C004"
    await socket.subscribe(one)  # again is fine
    await socket.ask("unsubscribe", roomId=one)
    await socket.subscribe(two)


async def test_without_a_key_the_assistant_is_unavailable_and_all_else_works(greg: Person, room_name: str) -> None:
    room = await greg.create_room(room_name)
    socket = await greg.listen(room)

    assert await greg.code("POST", "/llm", roomId=room) == "E-A001"
    assert await socket.refusal("ask", roomId=room, message="누구 있어요?") == "E-A001"

    assert await greg.get(f"/history/{room}") == []


async def test_who_joins_and_leaves_in_a_circle_is_told_to_wait(
    strict: Process, meet: Meet, greg: Person, room_name: str
) -> None:
    hana = meet(strict, HANA, "Hana")
    room = await greg.create_room(room_name)
    path = f"/room/group/{room}"
    circle = [("POST", f"{path}/join"), ("DELETE", f"{path}/leave")] * 50
    answers = [await hana.call(method, step) for method, step in circle]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["code"] for answer in refused} == {"E-C004"}
    assert await greg.get("/my/rooms")


async def test_nobody_makes_rooms_all_day(strict: Process, meet: Meet, room_name: str) -> None:
    insu = meet(strict, INSU, "Insu")
    for number in range(4):
        await insu.create_room(f"{room_name} {number}")
    refusal = await insu.call("POST", "/room/group/create", roomName=f"{room_name} 5")
    assert (refusal.status_code, refusal.json()["code"]) == (429, "E-C004")
    assert refusal.json()["retryAfter"] > 0
