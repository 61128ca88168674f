"""Clients of protocol 2, through the ASGI application: how a socket begins, and how it ends with its token."""

import time

import pytest

from chatproject.asgi import Process
from messaging.wire.times import wire_time_of_epoch
from rooms.models import Member, Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB, HOUR_S, token_for
from tests.messaging import frames
from tests.messaging.answering import Listener
from tests.messaging.conftest import StartProcess
from tests.messaging.people import eventually, in_thread
from tests.messaging.sockets.connected import V2, Socket, opened_v2, v2

UUID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"


# --- the handshake


async def test_the_first_frame_is_the_welcome(process: Process, room: Room) -> None:
    expires_at = int(time.time()) + HOUR_S
    socket = Socket(process, f"{V2}?access={token_for(ALICE, exp=expires_at)}")
    await socket.open()
    welcome = await socket.receive()
    documented = frames.read("server", "welcome")["frame"]
    assert welcome == {
        "type": "welcome",
        "memberId": ALICE,
        "nickName": "Alice",
        "expiresAt": wire_time_of_epoch(expires_at),
        "limits": documented["limits"] | {"sendsPerSecond": 0},
        "assistant": False,  # its provider has no key
        "reactions": documented["reactions"],
        "epoch": process.chat_server.epochs.current,
    }


@pytest.mark.parametrize(
    ("offered", "accepted"), [((), None), (("chat.v2",), "chat.v2"), (("other", "chat.v2"), "chat.v2")]
)
async def test_the_subprotocol_is_offered_and_not_demanded(
    process: Process, room: Room, offered: tuple[str, ...], accepted: str | None
) -> None:
    assert await v2(process, ALICE, subprotocols=offered).open() == accepted


async def test_an_offer_without_it_is_refused_where_the_server_can_only_say_403_too(
    process: Process, room: Room
) -> None:
    offered = [f"bearer.{token_for(ALICE)}"]
    assert (await Socket(process, V2, subprotocols=offered).denial())[0] == 400
    assert (await Socket(process, V2, subprotocols=offered, can_deny=False).denial())[0] == 403
    assert process.chat_server.metrics.registry.get_sample_value("chat_refusals_total", {"code": "E-C001"}) == 2


async def test_a_token_may_come_as_a_subprotocol_which_is_not_sent_back(process: Process, room: Room) -> None:
    socket = Socket(process, V2, subprotocols=["chat.v2", f"bearer.{token_for(ALICE)}"])
    assert await socket.open() == "chat.v2"
    assert (await socket.receive())["memberId"] == ALICE


@pytest.mark.parametrize("header", ["access", "authorization"])
async def test_a_token_may_come_in_a_header(process: Process, room: Room, header: str) -> None:
    value = token_for(ALICE) if header == "access" else f"Bearer {token_for(ALICE)}"
    socket = Socket(process, V2, headers={header: value})
    await socket.open()
    assert (await socket.receive())["memberId"] == ALICE


@pytest.mark.parametrize(
    "query",
    ["", "access=", "access=nonsense", "access={expired}", "access={refresh}", "access={one}&access={two}"],
)
async def test_without_a_valid_token_the_socket_is_closed_with_4401(
    process: Process, room: Room, query: str
) -> None:
    filled = query.format(
        expired=token_for(ALICE, exp=int(time.time()) - 1),
        refresh=token_for(ALICE, category="refresh"),
        one=token_for(ALICE),
        two=token_for(BOB),
    )
    socket = Socket(process, f"{V2}?{filled}")
    await socket.open()
    assert (await socket.receive())["code"] == "E-AU001"
    assert await socket.close_code() == 4401


async def test_who_is_no_member_is_shut_out(process: Process, room: Room) -> None:
    socket = v2(process, 999)
    await socket.open()
    assert (await socket.receive())["code"] == "E-M001"
    assert await socket.close_code() == 4403


async def test_a_newcomer_with_a_nickname_is_a_member_from_then_on(process: Process, room: Room) -> None:
    socket = Socket(process, f"{V2}?access={token_for(999, nickname='Alice')}")
    await socket.open()
    assert (await socket.receive())["nickName"] == "Alice#999"
    assert await in_thread(Member.objects.filter(pk=999).exists)


async def test_a_page_of_another_site_is_refused(start_process: StartProcess, room: Room) -> None:
    process = start_process(ROUTE_FRONT=["https://community.example"])
    assert await v2(process, ALICE, headers={"origin": "https://evil.example"}).denial() == (
        403,
        "origin not allowed",
    )
    await v2(process, ALICE, headers={"origin": "https://community.example"}).open()
    await v2(process, ALICE, headers={"origin": "https://chat.example", "host": "chat.example"}).open()


async def test_when_the_store_is_away_the_socket_is_to_come_back(
    process: Process, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 0)
    socket = v2(process, ALICE)
    await socket.open()
    answer = await socket.receive()
    assert (answer["code"], answer["retryAfter"]) == ("E-S002", 1.0)
    assert await socket.close_code() == 1012


# --- tokens that end


async def test_a_socket_ends_with_its_token_unless_a_fresh_one_comes_in_time(
    process: Process, room: Room, time_passes: TimePasses
) -> None:
    first_ends = int(time.time()) + HOUR_S
    socket = Socket(process, f"{V2}?access={token_for(ALICE, exp=first_ends)}")
    await socket.open()
    fresh = token_for(ALICE, exp=first_ends + HOUR_S)
    assert (await socket.ask(type="auth", access=fresh))["type"] == "ok"
    other = Socket(process, f"{V2}?access={token_for(BOB, exp=first_ends)}")
    await other.open()
    assert (await other.ask(type="ping"))["type"] == "pong"
    time_passes(HOUR_S)
    assert await other.close_code() == 4401
    assert (await socket.ask(type="ping"))["type"] == "pong"


async def test_a_token_of_somebody_else_or_a_bad_one_renews_nothing(process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE)
    assert (await alice.ask(type="auth", access=token_for(BOB)))["code"] == "E-AU002"
    assert (await alice.ask(type="auth", access="nonsense"))["code"] == "E-AU001"
    assert (await alice.ask(type="auth", access=token_for(ALICE, category="refresh")))["code"] == "E-AU001"
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_who_is_under_14_is_offered_no_assistant_and_a_fresh_token_tells_when_they_are_no_more(
    process: Process, room: Room
) -> None:
    answerer = process.chat_server.calls.answerer = Listener()
    ended = Socket(process, f"{V2}?access={token_for(ALICE, under14=True, iat=1_000)}")
    await ended.open()
    assert (await ended.receive())["assistant"] is False
    alice = v2(process, ALICE)  # a token that does not say
    await alice.open()
    assert (await alice.receive())["assistant"] is False
    question = {"type": "ask", "roomId": room.pk, "message": "anyone?"}
    assert (await alice.ask(**question))["code"] == "E-A005"
    older = token_for(ALICE, under14=False, iat=999)
    assert (await alice.ask(type="auth", access=older))["type"] == "ok"
    assert (await alice.ask(**question))["code"] == "E-A005"
    assert (await alice.ask(type="auth", access=token_for(ALICE, under14=False)))["type"] == "ok"
    assert (await alice.ask(**question))["type"] == "ack"
    await eventually(lambda: answerer.asked)
    assert answerer.asked == [(room.pk, ALICE, 1, False)]
