"""Clients of protocol 2, through the ASGI application: every frame is answered, some end the socket."""

import json
from typing import Any

import pytest

from chatproject.asgi import Process
from messaging.wire.content import MESSAGE_MAX_CHARACTERS
from messaging.wire.protocol import FRAME_MAX_BYTES
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, token_for
from tests.messaging import frames
from tests.messaging.conftest import StartProcess
from tests.messaging.people import in_thread
from tests.messaging.sockets.connected import opened_v2

UUID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"


async def test_every_frame_is_answered_by_its_id(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    asked: dict[str, dict[str, Any]] = {
        "subscribed": {"type": "subscribe", "roomId": room.pk},
        "ack": {"type": "chat", "roomId": room.pk, "message": "hello", "clientId": UUID},
        "ok": {"type": "read", "roomId": room.pk, "seq": 1},
        "pong": {"type": "ping"},
    }
    for answer, frame in asked.items():
        assert (await alice.ask(**frame))["type"] == answer
    assert await alice.ask(type="unsubscribe", roomId=room.pk) == {"type": "ok", "id": "x"}
    assert await alice.ask(type="auth", access=token_for(ALICE)) == {"type": "ok", "id": "x"}
    assert (await alice.ask(type="ask", roomId=room.pk, message="anyone?"))["code"] == "E-A001"


async def test_a_frame_without_an_id_is_answered_without_one(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    await alice.send({"type": "ping"})
    assert await alice.receive() == {"type": "pong"}


async def test_an_ack_has_the_numbers_of_the_message(process: Process, room: Room) -> None:
    alice, bob = await opened_v2(process, ALICE), await opened_v2(process, BOB, room.pk)
    ack = await alice.ask(type="chat", roomId=room.pk, message="hello", clientId=UUID, id="c1")
    chat = await bob.gets("chat")
    assert list(ack) == ["type", "id", "roomId", "seq", "version", "clientId", "createdAt", "duplicate"]
    for key in ("roomId", "seq", "version", "clientId", "createdAt"):
        assert ack[key] == chat[key]
    assert (ack["seq"], ack["version"], ack["clientId"], ack["duplicate"]) == (1, 1, UUID, False)
    again = await alice.ask(type="chat", roomId=room.pk, message="changed my mind", clientId=UUID.upper(), id="c2")
    assert again == ack | {"id": "c2", "duplicate": True}


async def test_typing_is_told_again_at_once_behind_ones_own_message(process: Process, room: Room) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await alice.send({"type": "typing", "roomId": room.pk})
    await alice.ask(type="chat", roomId=room.pk, message="hello")
    await alice.send({"type": "typing", "roomId": room.pk})
    assert [(await bob.receive())["type"] for _ in range(3)] == ["typing", "chat", "typing"]


async def test_who_says_nothing_new_types_no_more_often(process: Process, room: Room) -> None:
    """By frames that are refused, or say again what was said."""
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    said = {"roomId": room.pk, "message": "hello", "clientId": UUID}
    await alice.ask(type="chat", **said)
    for vain in (said | {"type": "ask"}, said | {"type": "chat"}, said | {"type": "chat", "message": " "}):
        await alice.send({"type": "typing", "roomId": room.pk})
        await alice.ask(**vain)
    await alice.ask(type="chat", roomId=room.pk, message="end")
    assert [(await bob.receive())["type"] for _ in range(3)] == ["chat", "typing", "chat"]


async def test_the_ack_comes_before_the_message(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    for number in range(5):
        await alice.send({"type": "chat", "roomId": room.pk, "message": str(number)})
        assert [(await alice.receive())["type"] for _ in range(2)] == ["ack", "chat"]


async def test_a_message_object_has_all_its_keys_in_order(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await alice.send({"type": "chat", "roomId": room.pk, "message": "hello"})
    chat = await alice.gets("chat")
    assert list(chat) == list(frames.read("server", "chat")["frame"])
    assert chat["clientId"]


async def test_invalid_frames_are_answered_and_the_socket_stays_open(
    start_process: StartProcess, room: Room
) -> None:
    alice = await opened_v2(start_process(LIMIT_FRAMES_PER_SECOND=0), ALICE)
    for parameter in frames.names("client-invalid"):
        (name,) = parameter.values
        expected = frames.read("client-invalid", name)
        await alice.send(expected["text"] if "text" in expected else frames.wire(expected["frame"]).decode())
        answer = await alice.receive()
        got = (answer["type"], answer["code"], answer.get("id"), answer.get("roomId"))
        assert got == ("error", expected["code"], expected["id"], expected.get("roomId")), name
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_refusals_name_their_code_and_room(process: Process, room: Room, alice: Member) -> None:
    charlie = await opened_v2(process, CHARLIE)
    for frame in (
        {"type": "chat", "message": "let me in"},
        {"type": "subscribe"},
        {"type": "read", "seq": 1},
        {"type": "typing"},
    ):
        answer = await charlie.ask(**frame, roomId=room.pk)
        assert (answer["code"], answer["roomId"]) == ("E-AU002", room.pk)
    assert (await charlie.ask(type="chat", message="anyone?", roomId=999_999))["code"] == "E-R001"
    kitchen = await in_thread(make_group_room, "Kitchen", alice)
    sender = await opened_v2(process, ALICE)
    answer = await sender.ask(type="chat", roomId=kitchen.pk, message="re", replyTo=1)
    assert (answer["code"], answer["roomId"]) == ("E-C001", kitchen.pk)


async def test_what_is_done_counts_as_what_is_said(start_process: StartProcess, room: Room) -> None:
    alice = await opened_v2(start_process(LIMIT_SENDS_PER_SECOND=1), ALICE)
    said = {"roomId": room.pk, "seq": 1}
    await alice.ask(type="chat", roomId=room.pk, message="one")
    frames: list[dict[str, Any]] = [{"type": "edit", "message": "eins"}, {"type": "delete"}]
    frames += [{"type": "delete", "seq": 99}] * 20
    answers = [await alice.ask(**said | frame) for frame in frames]
    assert [answer["type"] for answer in answers[:2]] == ["ok", "ok"]
    assert "E-C004" in {answer.get("code") for answer in answers[2:]}


async def test_too_many_messages_are_told_when_to_try_again(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_SENDS_PER_SECOND=1)
    alice = await opened_v2(process, ALICE)
    for number in range(20):
        await alice.send({"type": "chat", "id": str(number), "roomId": room.pk, "message": str(number)})
    answers = [await alice.gets("ack", "error") for _ in range(20)]
    acknowledged = [answer["id"] for answer in answers if answer["type"] == "ack"]
    assert acknowledged[:3] == ["0", "1", "2"]
    assert len(acknowledged) < 10  # one more for each second that a busy machine takes
    for refusal in (answer for answer in answers if answer["type"] == "error"):
        assert refusal["code"] == "E-C004"
        assert 0 < refusal["retryAfter"] <= 1


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("ko", "이 채팅방에 참여하고 있지 않아요."),
        ("en-US,en;q=0.9", "You are not in this room."),
        ("", "이 채팅방에 참여하고 있지 않아요."),
    ],
)
async def test_messages_for_people_are_in_their_language(
    process: Process, room: Room, language: str, message: str
) -> None:
    charlie = await opened_v2(process, CHARLIE, headers={"accept-language": language})
    assert (await charlie.ask(type="subscribe", roomId=room.pk))["message"] == message


# --- frames that end the socket


async def test_a_binary_frame_closes_with_1003(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    await alice.send_bytes(b'{"type":"ping"}')
    assert await alice.close_code() == 1003


async def test_a_frame_too_large_closes_with_1009(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    envelope = json.dumps({"type": "ping", "more": ""})
    largest = envelope[:-2] + "가" * ((FRAME_MAX_BYTES - len(envelope)) // 3)
    await alice.send(largest.ljust(FRAME_MAX_BYTES - 2 * largest.count("가") - 2, ".") + '"}')
    assert (await alice.receive())["type"] == "pong"
    await alice.send(largest + "." * 10 + '"}')
    assert await alice.close_code() == 1009


@pytest.mark.parametrize("letter", ["가", "🍣"])
async def test_the_longest_message_is_heard_though_each_letter_is_escaped(
    process: Process, room: Room, letter: str
) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    text = json.dumps({"type": "chat", "roomId": room.pk, "message": letter * MESSAGE_MAX_CHARACTERS})
    assert letter not in text
    await alice.send(text)
    assert (await alice.gets("chat"))["message"] == letter * MESSAGE_MAX_CHARACTERS
