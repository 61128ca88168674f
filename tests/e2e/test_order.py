"""One order for everybody, and each message once, however many speak on however many servers."""

import asyncio
from typing import Any

import pytest

from tests.e2e.client import Socket
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person

pytestmark = pytest.mark.e2e

SPEAKERS, EACH_SAYS = 20, 250
TOTAL = SPEAKERS * EACH_SAYS + 1  # and one to begin with
AT_ONCE = 25  # by each: a listener may be so far behind, should the machine stand still for a while
CLIENT_ID = "0d0c7d2e-4b52-4b83-9c6f-2f6c6e3a1b77"


async def speak(socket: Socket, room_id: int, name: str) -> list[dict[str, Any]]:
    """Say everything, AT_ONCE without waiting; return the acknowledgements in the order of the messages."""
    acks: list[dict[str, Any]] = []
    for start in range(0, EACH_SAYS, AT_ONCE):
        texts = [f"{name} says no. {n}" for n in range(start, start + AT_ONCE)]
        frames = [await socket.post("chat", roomId=room_id, message=text) for text in texts]
        acks += [await socket.reply(frame_id) for frame_id in frames]
    return acks


async def test_twenty_speakers_on_two_servers_are_heard_in_one_order(
    pair: Pair, meet: Meet, alice: Person, bob: Person, room: int
) -> None:
    speakers = [meet((pair.first, pair.second)[n % 2], 100 + n, f"Speaker{n}") for n in range(SPEAKERS)]
    for speaker in speakers:
        await speaker.join(room)
    sockets = [await speaker.connect() for speaker in speakers]
    listeners = [await person.listen(room) for person in (alice, bob, alice, bob)]
    old = await bob.listen_v1(room, "다 모였나요?")

    acks = await asyncio.gather(
        *(speak(socket, room, person.name) for socket, person in zip(sockets, speakers, strict=True))
    )

    everyone_heard = [await listener.hear_until("chat", TOTAL) for listener in listeners]
    for heard in everyone_heard:
        assert [message["seq"] for message in heard] == list(range(1, TOTAL + 1))
        assert [message["version"] for message in heard] == list(range(1, TOTAL + 1))
        assert heard == everyone_heard[0]
    assert_acknowledged_as_heard(acks, everyone_heard[0], speakers)
    assert pair.count("chat_messages", f"chat_room_id = {room}") == TOTAL
    await assert_stored_as_heard(alice, room, everyone_heard[0])
    assert [frame["seq"] for frame in await old.hear_until("chat", TOTAL)] == list(range(1, TOTAL + 1))


def assert_acknowledged_as_heard(
    acks: list[list[dict[str, Any]]], heard: list[dict[str, Any]], speakers: list[Person]
) -> None:
    by_seq = {message["seq"]: message for message in heard}
    for person, own in zip(speakers, acks, strict=True):
        assert [ack["type"] for ack in own] == ["ack"] * EACH_SAYS
        assert [ack["seq"] for ack in own] == sorted(ack["seq"] for ack in own)
        for n, ack in enumerate(own):
            message = by_seq[ack["seq"]]
            assert (message["senderId"], message["message"]) == (person.member_id, f"{person.name} says no. {n}")
            assert (message["version"], message["createdAt"]) == (ack["version"], ack["createdAt"])


async def assert_stored_as_heard(person: Person, room: int, heard: list[dict[str, Any]]) -> None:
    for start in range(0, TOTAL, 200):
        page = await person.get(f"/history/{room}", after=start, limit=200)
        assert [{"type": "chat", **message} for message in page] == heard[start : start + 200]


async def test_the_same_client_id_three_times_over_two_servers_is_one_message(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    his = await bob.listen(room)
    sockets = [await alice.connect(at=server.address) for server in (pair.first, pair.second, pair.second)]

    acks = await asyncio.gather(*(socket.say(room, "한 번만 말할게요", clientId=CLIENT_ID) for socket in sockets))
    await sockets[0].say(room, "그게 다예요")

    numbers = {(ack["seq"], ack["version"], ack["createdAt"], ack["clientId"]) for ack in acks}
    assert len(numbers) == 1
    assert sorted(ack["duplicate"] for ack in acks) == [False, True, True]
    heard = await his.hear_until("chat", 2)
    assert [message["message"] for message in heard] == ["한 번만 말할게요", "그게 다예요"]
    assert pair.count("chat_messages", f"chat_room_id = {room}") == 2


async def test_the_same_client_id_of_two_members_or_rooms_is_two_messages(
    alice: Person, bob: Person, room: int, room_name: str
) -> None:
    other_room = await alice.create_room(f"{room_name} 둘")
    hers, his = await alice.connect(), await bob.connect()

    acks = [
        await hers.say(room, "같은 번호", clientId=CLIENT_ID),
        await his.say(room, "같은 번호", clientId=CLIENT_ID),
        await hers.say(other_room, "같은 번호", clientId=CLIENT_ID),
    ]

    assert [ack["duplicate"] for ack in acks] == [False] * 3
