"""The direct transport: how sockets end, and that nobody who does not read keeps anything."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

from chatproject.asgi import Process
from messaging.delivery.sessions import BACKLOG_MAX_BYTES
from messaging.sockets.transport import ChatWebSocketProtocol
from messaging.wire.framing import Batch
from messaging.wire.protocol import FRAME_MAX_BYTES, UNACKNOWLEDGED_MAX
from rooms.models import Room
from tests.factories import ALICE, BOB, token_for
from tests.messaging.people import TIMEOUT_S, eventually, held_by_another, soon
from tests.messaging.site import Site, ask, close_code, hear

LARGE = Batch([json.dumps("x" * 60_000).encode()])


@pytest.mark.parametrize(
    ("sent", "code"),
    [(b'{"type":"ping"}', 1003), ("x" * (FRAME_MAX_BYTES + 1), 1009), (b"\xff", 1007)],
    ids=["binary", "too large", "not UTF-8"],
)
async def test_frames_that_end_a_socket(
    site: Site, room: Room, sent: str | bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    alice = await site.come(ALICE)
    await alice.send(sent, text=code == 1007 or None)
    assert await close_code(alice) == code
    await eventually(lambda: not site.process.chat_server.hub.count_sessions())
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []  # no fault of ours


async def test_who_does_not_read_is_closed_and_freed_and_the_others_hear_on(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.sockets.transport.CLOSE_TIMEOUT_S", 0.2)
    alice = await site.come(ALICE, room)
    await site.come(BOB, room, max_queue=1)
    deaf = site.session_of(BOB)
    while deaf.is_open:  # Bob's client takes one frame and reads no more
        await asyncio.sleep(0)
        deaf.push(LARGE)
    assert deaf.sink.backlog() > BACKLOG_MAX_BYTES
    assert (await ask(alice, type="chat", roomId=room.pk, message="hello"))["type"] == "ack"
    assert (await hear(alice))["message"] == "hello"
    await eventually(lambda: not site.process.chat_server.hub.sessions_of(BOB))


async def test_who_reads_late_learns_why(site: Site, room: Room) -> None:
    bob = await site.come(BOB, room, max_queue=1, max_size=None)
    session = site.session_of(BOB)
    while session.is_open:
        session.push(LARGE)
        await asyncio.sleep(0)
    assert await close_code(bob) == 4408


async def test_who_catches_up_and_falls_behind_again_is_closed_all_the_same(site: Site, room: Room) -> None:
    bob = await site.come(BOB, room, max_queue=1, max_size=None)
    session, pushed = site.session_of(BOB), 0
    while session.sink.backlog() < 300_000:
        session.push(LARGE)
        pushed += 1
        await asyncio.sleep(0)
    for _ in range(pushed):
        await soon(bob.recv())
    await soon(session.sink.drained())
    while session.is_open:
        session.push(LARGE)
        await asyncio.sleep(0)
    assert await close_code(bob) == 4408


async def test_what_a_client_says_last_is_stored_though_it_hears_nothing_more(site: Site, room: Room) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    await alice.send(json.dumps({"type": "chat", "roomId": room.pk, "message": "bye"}))
    session = site.session_of(ALICE)
    await alice.close()
    session.push(LARGE)
    assert (await hear(bob))["message"] == "bye"


async def test_a_socket_that_is_not_read_at_the_moment_ends_when_its_peer_agrees(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.sockets.transport.CLOSE_TIMEOUT_S", 10 * TIMEOUT_S)
    alice = await site.come(ALICE, close_timeout=None)
    async with held_by_another(room.pk):
        for number in range(UNACKNOWLEDGED_MAX + 3):
            await alice.send(json.dumps({"type": "chat", "roomId": room.pk, "message": str(number)}))
        sink = site.session_of(ALICE).sink
        assert isinstance(sink, ChatWebSocketProtocol)
        await eventually(lambda: sink.read_paused)
        site.session_of(ALICE).close(4403, "shut out")
        assert await close_code(alice) == 4403
        await soon(alice.wait_closed())


async def test_who_is_to_be_told_goodbye_is_not_read_any_more(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.sockets.transport.CLOSE_TIMEOUT_S", 10 * TIMEOUT_S)
    alice = await site.come(ALICE, close_timeout=None)
    sink = site.session_of(ALICE).sink
    assert isinstance(sink, ChatWebSocketProtocol)
    async with held_by_another(room.pk):
        for number in range(UNACKNOWLEDGED_MAX + 3):
            await alice.send(json.dumps({"type": "chat", "roomId": room.pk, "message": str(number)}))
        await eventually(lambda: not sink.queue.empty())
        sink.stop_reading()
    await eventually(sink.queue.empty)  # what had come before is taken, and then no more
    await soon(site.process.chat_server.writer.settled())
    assert not sink.transport.is_reading()

    sink.shutdown()
    assert await close_code(alice) == 1012
    await soon(alice.wait_closed())


async def test_a_replay_waits_until_the_socket_takes_more(site: Site, room: Room) -> None:
    bob = await site.come(BOB, max_queue=1, max_size=None)
    sink = site.session_of(BOB).sink
    while sink.backlog() < 300_000:
        sink.write(LARGE)
        await asyncio.sleep(0)
    waiting = asyncio.create_task(sink.drained())
    await asyncio.sleep(0)
    assert not waiting.done()
    while not waiting.done():
        await soon(bob.recv())
    await waiting


async def test_a_peer_that_answers_no_pings_is_freed(process: Process, room: Room) -> None:
    site = Site(process, AsyncExitStack(), ws_ping_interval=0.5, ws_ping_timeout=0.5)
    await site.start()
    reader, writer = await site.shake_hands(f"access={token_for(BOB)}")
    assert b"101" in await soon(reader.readline())
    await eventually(lambda: process.chat_server.hub.sessions_of(BOB))
    sink = site.session_of(BOB).sink
    # a close frame behind all this would never be sent
    while sink.backlog() < BACKLOG_MAX_BYTES and process.chat_server.hub.sessions_of(BOB):
        sink.write(LARGE)
        await asyncio.sleep(0)
    await eventually(lambda: not process.chat_server.hub.sessions_of(BOB))
    writer.close()
    await site.stop()


async def test_a_restart_is_announced(site: Site, room: Room) -> None:
    bob = await site.come(BOB)
    stopping = asyncio.create_task(site.stop())
    bye = await hear(bob)
    assert bye["type"] == "bye"
    assert 0 < bye["reconnectAfter"] <= 5
    assert await close_code(bob) == 1012
    await soon(stopping)
