"""A frame is dealt with as it is read, where it need not wait: in order, within bounds, and as one that waited."""

import asyncio
import json
import logging
import weakref
from contextvars import copy_context

import pytest
from structlog.contextvars import get_contextvars
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode

from messaging.sockets.consumers_v2 import V2Consumer
from messaging.sockets.intake import HANDED_ON_MAX, Rest
from messaging.sockets.transport import ChatWebSocketProtocol
from messaging.wire.protocol import UNACKNOWLEDGED_MAX
from rooms.models import Room
from tests.factories import ALICE, BOB, token_for
from tests.messaging.people import eventually, held_by_another
from tests.messaging.site import V1, Site, ask, close_code, hear


def segment(*frames: dict[str, object] | str) -> bytes:
    """Frames that arrive together."""
    texts = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
    return b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=True) for text in texts)


def pings(number: int) -> list[dict[str, object]]:
    return [{"type": "ping", "id": str(index)} for index in range(number)]


def protocol_of(site: Site, member_id: int) -> ChatWebSocketProtocol:
    sink = site.session_of(member_id).sink
    assert isinstance(sink, ChatWebSocketProtocol)
    return sink


async def ids(client: ClientConnection, number: int) -> list[str]:
    """Of the next so many answers."""
    answers: list[str] = []
    while len(answers) < number:
        if "id" in (answer := await hear(client)):
            answers.append(answer["id"])
    return answers


async def test_a_message_is_in_the_writers_hands_as_soon_as_it_is_read(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    protocol, writer = protocol_of(site, ALICE), site.process.chat_server.writer
    protocol.data_received(segment({"type": "chat", "id": "a", "roomId": room.pk, "message": "hello"}))
    assert (writer.waiting, protocol.queue.qsize()) == (1, 0)
    assert await ids(alice, 1) == ["a"]


async def test_what_need_not_wait_does_not_overtake_what_does(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    protocol = protocol_of(site, ALICE)
    said = [{"type": "chat", "id": f"c{index}", "roomId": room.pk, "message": str(index)} for index in range(2)]
    read = {"type": "read", "id": "r", "roomId": room.pk, "seq": 0}
    async with held_by_another(room.pk):  # so that no answer to what is said comes between the others
        protocol.data_received(segment({"type": "ping", "id": "p0"}, said[0], read, {"type": "ping", "id": "p1"}))
        assert protocol.queue.qsize() == 2  # `read`, which was begun, and what is behind it
        protocol.data_received(segment({"type": "ping", "id": "p2"}, said[1]))
        assert await ids(alice, 4) == ["p0", "r", "p1", "p2"]
    assert await ids(alice, 2) == ["c0", "c1"]
    assert (await ask(alice, type="ping"))["type"] == "pong"


async def test_many_frames_at_once_do_not_hold_the_others(site: Site, room: Room) -> None:
    alice = await site.come(ALICE)
    protocol, number = protocol_of(site, ALICE), 2 * HANDED_ON_MAX + 2
    protocol.data_received(segment(*pings(number)))
    assert protocol.read_paused
    answered = site.process.chat_server.hub.sent["answer"]
    await asyncio.sleep(0)  # others have their turn
    assert site.process.chat_server.hub.sent["answer"] == answered + HANDED_ON_MAX
    assert await ids(alice, number) == [str(index) for index in range(number)]
    assert not protocol.read_paused
    protocol.data_received(segment(*pings(1_000)))
    assert await close_code(alice) == 4429


async def test_nor_do_they_among_what_the_library_reads(site: Site, room: Room) -> None:
    alice = await site.come(ALICE)
    protocol, number = protocol_of(site, ALICE), 80
    padded = [{**ping, "ignored": "x" * 500} for ping in pings(number)]
    protocol.data_received(Frame(Opcode.PONG, b"").serialize(mask=True) + segment(*padded))
    assert 0 < protocol.queue.qsize() < number / 2
    assert await ids(alice, number) == [str(index) for index in range(number)]
    assert not protocol.read_paused
    assert (await ask(alice, type="ping"))["type"] == "pong"


async def test_a_close_behind_many_frames_is_answered(site: Site, room: Room) -> None:
    alice = await site.come(ALICE)
    protocol = protocol_of(site, ALICE)
    protocol.data_received(segment(*pings(90)) + Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
    assert await close_code(alice) == 1000
    await eventually(lambda: not site.process.chat_server.hub.sessions_of(ALICE))


async def test_with_64_messages_unacknowledged_the_next_one_waits_and_all_are_answered_in_order(
    site: Site, room: Room
) -> None:
    alice, number = await site.come(ALICE), UNACKNOWLEDGED_MAX + 6
    said = [
        {"type": "chat", "id": str(index), "roomId": room.pk, "message": str(index)} for index in range(number)
    ]
    protocol = protocol_of(site, ALICE)
    async with held_by_another(room.pk):
        protocol.data_received(segment(*said[:HANDED_ON_MAX]))
        assert protocol.queue.empty()
        protocol.data_received(segment(*said[HANDED_ON_MAX:]))
        await eventually(lambda: protocol.queue.qsize() == 5)  # and the sixth is in the task's hands
        protocol.data_received(segment({"type": "ping", "id": "p"}))
        assert protocol.queue.qsize() == 6
    assert [id_ for id_ in await ids(alice, number + 1) if id_ != "p"] == [str(index) for index in range(number)]


async def test_what_comes_behind_the_frame_that_closes_a_socket_is_nothing(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    session, protocol = site.session_of(ALICE), protocol_of(site, ALICE)

    def close(*_args: object) -> None:
        session.close(4429, "enough")

    monkeypatch.setattr(site.process.chat_server, "tell_typing", close)
    typing = {"type": "typing", "roomId": room.pk}
    said = {"type": "chat", "roomId": room.pk, "message": "never"}
    protocol.data_received(segment({"type": "ping", "id": "p"}, typing, said, said))
    assert await ids(alice, 1) == ["p"]
    assert await close_code(alice) == 4429
    await eventually(lambda: not site.process.chat_server.hub.sessions_of(ALICE))
    await bob.send(json.dumps({"type": "chat", "roomId": room.pk, "message": "hello"}))
    assert [frame["message"] for frame in [await hear(bob), await hear(bob)] if frame["type"] == "chat"] == [
        "hello"
    ]


async def test_a_line_of_the_log_names_the_connection_whichever_way_its_frame_took(
    site: Site, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    named: list[object] = []
    caplog.set_level("INFO")

    def note(_record: logging.LogRecord) -> bool:
        named.append(get_contextvars().get("connection"))
        return True

    caplog.handler.addFilter(note)
    await site.open(f"{V1}?access={token_for(ALICE)}&roomId={room.pk}")
    protocol = protocol_of(site, ALICE)
    caplog.clear()
    named.clear()
    protocol.data_received(segment("nonsense", {"type": "subscribe", "roomId": 999}, "nonsense"))
    await eventually(lambda: len(named) == 3)
    assert {record.getMessage().split(":")[0] for record in caplog.records} == {"a v1 frame was dropped"}
    assert len(set(named)) == 1
    assert named[0] is not None
    caplog.handler.removeFilter(note)


async def test_a_fault_ends_the_socket_and_nobody_elses(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    metrics = site.process.chat_server.metrics

    def fail(_frame: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(metrics, "count_frame", fail)
        protocol_of(site, ALICE).data_received(segment({"type": "ping"}))
        await eventually(lambda: not site.process.chat_server.hub.sessions_of(ALICE))
    assert await close_code(alice) == 1006
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    assert (await ask(bob, type="ping"))["type"] == "pong"


class Fault(Exception):
    """Of ours."""


class Faulty(V2Consumer):
    def begin(self, _text: str | None) -> Rest | None:
        raise Fault


async def test_a_fault_is_held_by_nothing_once_it_is_told() -> None:
    consumer = Faulty()
    consumer._context = copy_context()
    rest = consumer.take("{}")  # as the frame of `_hand_on`, which the fault's traceback holds, keeps it
    assert rest is not None
    try:
        await rest()
    except Fault as fault:
        held = weakref.ref(fault)
    assert held() is None
