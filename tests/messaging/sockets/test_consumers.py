"""What both protocols share: limits on frames and messages, and that nothing is left behind."""

import asyncio
import json

import pytest

from chatproject.asgi import Process
from messaging.wire.protocol import UNACKNOWLEDGED_MAX
from rooms.models import Room
from tests.factories import ALICE, BOB, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.people import eventually, held_by_another
from tests.messaging.sockets.connected import V2, Socket, opened_v1, opened_v2, v1, v2

FLOOD = 50  # frames; of each second that a busy machine takes for them, one to five pass a limit


def outboxes() -> int:
    return sum("Outbox" in str(task.get_coro()) for task in asyncio.all_tasks())


async def test_a_member_at_the_limit_of_sockets_is_turned_away(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_SOCKETS_PER_MEMBER=1)
    first = await opened_v2(process, ALICE)
    second = v2(process, ALICE)
    await second.open()
    assert (await second.receive())["code"] == "E-C004"
    assert await second.close_code() == 4429
    assert await v1(process, ALICE, room.pk).denial() == (429, "E-C004")
    await opened_v2(process, BOB)
    await first.disconnect()
    await opened_v2(process, ALICE)


async def test_who_was_turned_away_leaves_no_task_behind(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_SOCKETS_PER_MEMBER=1)
    first = await opened_v2(process, ALICE)
    before = outboxes()
    assert before == 1
    for _ in range(3):
        turned_away = v2(process, ALICE)
        await turned_away.open()
        await turned_away.close_code()
        await v1(process, ALICE, room.pk).denial()
    await eventually(lambda: outboxes() == before)
    await first.disconnect()
    await eventually(lambda: outboxes() == 0)
    assert process.chat_server.hub.count_sessions() == 0


async def test_too_many_frames_close_a_v2_socket(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_FRAMES_PER_SECOND=5)
    socket = await opened_v2(process, ALICE)
    for _ in range(10):
        assert (await socket.ask(type="ping"))["type"] == "pong"
    for _ in range(FLOOD):
        await socket.send({"type": "ping"})
    assert await socket.close_code() == 4429


async def test_refused_frames_count_as_frames(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_FRAMES_PER_SECOND=5)
    socket = await opened_v2(process, ALICE)
    for _ in range(FLOOD):
        await socket.send("nonsense")
    assert await socket.close_code() == 4429


async def test_too_many_frames_of_a_v1_socket_are_dropped(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_FRAMES_PER_SECOND=1, LIMIT_SENDS_PER_SECOND=0)
    bob = await opened_v2(process, BOB, room.pk)
    old = await opened_v1(process, ALICE, room.pk)
    for number in range(FLOOD):
        await old.send({"type": "chat", "roomId": room.pk, "message": str(number)})
    await old.disconnect()
    await bob.send({"type": "chat", "roomId": room.pk, "message": "end"})
    heard = []
    while (text := (await bob.gets("chat"))["message"]) != "end":
        heard.append(text)
    assert heard[:2] == ["0", "1"]
    assert len(heard) < FLOOD / 2


async def test_with_64_messages_unacknowledged_a_socket_is_not_read_further(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    async with held_by_another(room.pk):
        await alice.send({"type": "chat", "id": "0", "roomId": room.pk, "message": "0"})
        assert (await alice.ask(type="ping"))["type"] == "pong"
        writer = process.chat_server.writer
        await eventually(lambda: writer.waiting == 0)  # the first one is being committed
        for number in range(1, UNACKNOWLEDGED_MAX + 6):
            await alice.send({"type": "chat", "id": str(number), "roomId": room.pk, "message": str(number)})
        await alice.send({"type": "ping", "id": "behind"})
        await eventually(lambda: writer.waiting == UNACKNOWLEDGED_MAX - 1)
        bob = await opened_v2(process, BOB)
        assert (await bob.ask(type="ping"))["type"] == "pong"
        assert writer.waiting == UNACKNOWLEDGED_MAX - 1
    answers = [await alice.gets("ack", "pong") for _ in range(UNACKNOWLEDGED_MAX + 7)]
    acks = [answer["id"] for answer in answers if answer["type"] == "ack"]
    assert acks == [str(number) for number in range(UNACKNOWLEDGED_MAX + 6)]
    assert [answer["seq"] for answer in answers if answer["type"] == "ack"] == list(range(1, len(acks) + 1))


async def test_a_refused_message_gives_its_place_back(start_process: StartProcess, room: Room) -> None:
    process = start_process(LIMIT_SENDS_PER_SECOND=1, LIMIT_FRAMES_PER_SECOND=0)
    alice = await opened_v2(process, ALICE)
    for number in range(UNACKNOWLEDGED_MAX * 2):
        await alice.send({"type": "chat", "id": str(number), "roomId": 999_999, "message": "hello"})
    codes = [(await alice.gets("error"))["code"] for _ in range(UNACKNOWLEDGED_MAX * 2)]
    assert set(codes) == {"E-R001", "E-C004"}
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_a_message_is_stored_though_its_sender_hangs_up(process: Process, room: Room) -> None:
    bob = await opened_v2(process, BOB, room.pk)
    alice = await opened_v2(process, ALICE)
    async with held_by_another(room.pk):
        await alice.send({"type": "chat", "roomId": room.pk, "message": "last words"})
        await eventually(lambda: process.chat_server.hub.sessions_of(ALICE))
        await alice.send({"type": "ping", "id": "p"})
        await alice.gets("pong")
        await alice.disconnect()
    assert (await bob.gets("chat"))["message"] == "last words"
    assert not process.chat_server.hub.sessions_of(ALICE)


async def test_client_text_never_reaches_a_handler_by_its_type(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    for type_ in ("websocket.disconnect", "websocket.connect", "chat.relay", "disconnect", "__init__"):
        assert (await alice.ask(type=type_))["code"] == "E-C001"
    assert process.chat_server.hub.sessions_of(ALICE)


async def test_a_crash_is_a_fault_of_ours_in_the_log_and_not_on_the_wire(
    process: Process, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    alice = await opened_v2(process, ALICE)
    process.chat_server.limits = None  # type: ignore[assignment]  # whoever connects next meets a broken server
    bob = Socket(process, f"{V2}?access={token_for(BOB)}")
    await bob.open()
    answer = await bob.receive()
    assert answer["code"] == "E-S001"
    assert "NoneType" not in json.dumps(answer)
    assert await bob.close_code() == 1012
    assert "a frame was not handled" in caplog.text
    assert (await alice.ask(type="ping"))["type"] == "pong"
