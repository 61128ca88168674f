"""Clients of the replaced server, through the ASGI application."""

import logging
import time

import pytest

from chatproject.asgi import Process
from messaging.wire.protocol import FRAME_MAX_BYTES
from rooms.models import Member, Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB, CHARLIE, HOUR_S, make_group_room, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.people import eventually, in_thread
from tests.messaging.sockets.connected import V1, Socket, opened_v1, opened_v2, v1

KEYS_OF_V1 = {"roomId", "message", "nickName", "senderId"}


# --- the handshake


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "missing access token"),
        ("roomId={room}", "missing access token"),
        ("access=&roomId={room}", "missing access token"),
        ("access={token}", "missing roomId"),
        ("access=nonsense", "missing roomId"),
        ("access={token}&roomId=", "missing roomId"),
        ("access={expired}&roomId={room}", "access token expired"),
        ("access={refresh}&roomId={room}", "invalid token"),
        ("access=nonsense&roomId={room}", "invalid token"),
        ("access={token}x&roomId={room}", "invalid token"),
        ("access={token}&access={other}&roomId={room}", "invalid token"),
        ("access={token}&roomId=garden", "invalid token"),
        ("access={token}&roomId=-1", "invalid token"),
        ("access={token}&roomId=0", "invalid token"),
        ("access={token}&roomId=%D9%A3", "invalid token"),
        ("access={token}&roomId=9223372036854775808", "invalid token"),
    ],
)
async def test_a_handshake_is_refused_in_the_old_words(
    process: Process, room: Room, query: str, text: str
) -> None:
    filled = query.format(
        room=room.pk,
        token=token_for(ALICE),
        other=token_for(BOB),
        expired=token_for(ALICE, exp=int(time.time()) - 1),
        refresh=token_for(ALICE, category="refresh"),
    )
    assert await Socket(process, f"{V1}?{filled}").denial() == (401, text)


@pytest.mark.parametrize(("member_id", "room_id"), [(CHARLIE, None), (ALICE, 999_999)])
async def test_who_is_not_in_the_room_is_forbidden(
    process: Process, room: Room, member_id: int, room_id: int | None
) -> None:
    status, _text = await v1(process, member_id, room_id or room.pk).denial()
    assert status == 403


@pytest.mark.parametrize("room_id", [None, 999_999])
async def test_who_is_no_member_at_all_is_told_so(process: Process, room: Room, room_id: int | None) -> None:
    assert await v1(process, 999, room_id or room.pk).denial() == (404, "no such member")


async def test_a_newcomer_with_a_nickname_is_a_member_and_not_in_the_room(process: Process, room: Room) -> None:
    newcomer = Socket(process, f"{V1}?access={token_for(999, nickname='Nina')}&roomId={room.pk}")
    assert (await newcomer.denial())[0] == 403


@pytest.mark.parametrize("expires_in_s", [HOUR_S, HOUR_S + 0.5])
async def test_an_old_clients_socket_ends_with_its_token(
    process: Process, room: Room, time_passes: TimePasses, expires_in_s: float
) -> None:
    token = token_for(ALICE, exp=time.time() + expires_in_s)
    alice = Socket(process, f"{V1}?access={token}&roomId={room.pk}")
    await alice.open()
    bob = Socket(process, f"{V1}?access={token_for(BOB, exp=time.time() + 3 * HOUR_S)}&roomId={room.pk}")
    await bob.open()
    await bob.send({"type": "subscribe", "roomId": room.pk})

    time_passes(expires_in_s)

    assert await alice.close_code() == 4401
    await bob.send({"type": "chat", "roomId": room.pk, "message": "still here"})
    assert (await bob.receive())["message"] == "still here"


async def test_a_server_that_can_send_no_status_says_403(process: Process, room: Room) -> None:
    assert await Socket(process, V1, can_deny=False).denial() == (403, "")


async def test_a_page_of_another_site_is_refused(start_process: StartProcess, room: Room) -> None:
    process = start_process(ROUTE_FRONT=["https://community.example"])
    evil = v1(process, ALICE, room.pk, headers={"origin": "https://evil.example"})
    assert (await evil.denial())[0] == 403
    ours = v1(process, ALICE, room.pk, headers={"origin": "https://community.example"})
    await ours.open()


async def test_a_token_in_a_header_is_as_good(process: Process, room: Room) -> None:
    await Socket(process, f"{V1}?roomId={room.pk}", headers={"access": token_for(ALICE)}).open()


async def test_when_the_store_is_away_the_handshake_says_so(
    process: Process, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 0)
    assert await v1(process, ALICE, room.pk).denial() == (503, "E-S002")


# --- frames


async def test_old_clients_talk_to_each_other(process: Process, room: Room) -> None:
    alice, bob = await opened_v1(process, ALICE, room.pk), await opened_v1(process, BOB, room.pk)
    await bob.send({"type": "subscribe", "roomId": room.pk})
    await eventually(lambda: (audience := process.chat_server.hub.rooms.get(room.pk)) and audience.sessions)
    await alice.send({"type": "CHAT", "roomId": str(room.pk), "senderId": BOB, "message": "안녕"})
    heard = await bob.receive()
    assert heard.keys() >= KEYS_OF_V1
    assert (heard["roomId"], heard["message"], heard["nickName"], heard["senderId"]) == (
        room.pk,
        "안녕",
        "Alice",
        ALICE,
    )


async def test_an_old_client_gets_messages_and_nothing_else(process: Process, room: Room) -> None:
    old, new = await opened_v1(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await old.send({"type": "Subscribe", "roomId": str(room.pk)})
    await eventually(lambda: len(list(process.chat_server.hub.rooms[room.pk].everyone())) == 2)
    await new.send({"type": "typing", "roomId": room.pk})
    await old.send({"type": "chat", "roomId": room.pk, "message": "one"})
    await new.gets("chat")
    assert (await new.ask(type="read", roomId=room.pk, seq=1))["type"] == "ok"
    await new.send({"type": "chat", "roomId": room.pk, "message": "two"})
    assert [(await old.receive())["message"] for _ in range(2)] == ["one", "two"]


async def test_an_old_client_listens_to_several_rooms_and_stops(
    process: Process, room: Room, alice: Member
) -> None:
    kitchen = await in_thread(make_group_room, "Kitchen", alice)
    old = await opened_v1(process, ALICE, room.pk)
    for known in (room, kitchen):
        await old.send({"type": "subscribe", "roomId": known.pk})
    await old.send({"type": "unsubscribe", "roomId": room.pk})
    for where, text in ((room, "unheard"), (kitchen, "heard")):
        await old.send({"type": "chat", "roomId": where.pk, "message": text})
    assert (await old.receive())["message"] == "heard"


async def test_nothing_is_answered_to_bad_frames_and_the_socket_stays_open(
    process: Process, room: Room, alice: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "messaging")
    others = await in_thread(make_group_room, "not Alice's")
    old = await opened_v1(process, ALICE, room.pk)
    bad: list[dict[str, object] | str] = [
        "nonsense",
        "{}",
        "[]",
        {"type": "shout", "roomId": room.pk},
        {"type": "chat", "roomId": room.pk, "message": " "},
        {"type": "chat", "roomId": room.pk, "message": "a" * 4_001},
        {"type": "chat", "roomId": others.pk, "message": "let me in"},
        {"type": "chat", "roomId": 999_999, "message": "nobody"},
        {"type": "subscribe", "roomId": others.pk},
        {"type": "subscribe", "roomId": "garden"},
    ]
    for frame in bad:
        await old.send(frame)
    await old.send_bytes(b"\x00")
    await old.send({"type": "subscribe", "roomId": room.pk})
    await old.send({"type": "chat", "roomId": room.pk, "message": "still here"})
    assert (await old.receive())["message"] == "still here"
    dropped = [record for record in caplog.messages if "a v1 frame was dropped" in record]
    assert len(dropped) == len(bad) + 1  # the binary one too
    assert not any("let me in" in record for record in caplog.messages)


async def test_who_may_say_nothing_is_dropped_with_the_code_in_the_log(
    process: Process, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await in_thread(lambda: Room.objects.update(slow_s=3_600))
    old = await opened_v1(process, BOB, room.pk)
    await old.send({"type": "subscribe", "roomId": room.pk})
    chat = {"type": "chat", "roomId": room.pk}
    await old.send(chat | {"message": "one"})
    assert (await old.receive())["message"] == "one"
    await old.send(chat | {"message": "two"})
    await eventually(lambda: "a v1 frame was dropped: E-MO003" in caplog.messages)
    await in_thread(lambda: Room.objects.update(is_read_only=True))
    await old.send(chat | {"message": "three"})
    await eventually(lambda: "a v1 frame was dropped: E-MO004" in caplog.messages)


async def test_a_frame_too_large_is_not_even_looked_at(process: Process, room: Room) -> None:
    old, rest = await opened_v1(process, ALICE, room.pk), "x" * FRAME_MAX_BYTES
    await old.send({"type": "subscribe", "roomId": room.pk})
    await old.send({"type": "chat", "roomId": room.pk, "message": "large", "rest": rest})
    await old.send({"type": "chat", "roomId": room.pk, "message": "small"})
    assert (await old.receive())["message"] == "small"
    assert process.chat_server.metrics.registry.get_sample_value("chat_refusals_total", {"code": "E-C002"}) == 1


async def test_who_left_the_room_is_heard_no_more(process: Process, room: Room) -> None:
    old = await opened_v1(process, BOB, room.pk)
    await in_thread(lambda: room.participants.filter(member_id=BOB).delete())
    alice = await opened_v2(process, ALICE, room.pk)
    await old.send({"type": "chat", "roomId": room.pk, "message": "still me"})
    await old.send({"type": "subscribe", "roomId": room.pk})
    await alice.send({"type": "chat", "roomId": room.pk, "message": "he is gone"})
    assert (await alice.gets("chat"))["message"] == "he is gone"


async def test_a_flood_of_frames_is_counted_and_no_flood_of_log_lines(
    start_process: StartProcess, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "messaging")
    process = start_process(LIMIT_FRAMES_PER_SECOND=1)
    old = await opened_v1(process, ALICE, room.pk)
    for _ in range(50):
        await old.send({"type": "unsubscribe", "roomId": room.pk})
    await old.disconnect()

    refused = process.chat_server.metrics.registry.get_sample_value("chat_refusals_total", {"code": "E-C004"})
    assert refused
    assert 40 < refused <= 48  # all but the burst of two, and one more for each second that a busy machine takes
    assert len([line for line in caplog.messages if "E-C004" in line]) == 1
