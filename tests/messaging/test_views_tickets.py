"""A ticket by REST opens one socket, from the same page; what is revoked opens nothing, by REST neither."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.test import Client

from chatproject.access.revoking import revoke_member, revoke_token
from chatproject.asgi import Process
from messaging.wire.times import wire_time_of_epoch
from rooms.models import Room
from tests.factories import ALICE, BOB, HOUR_S, token_for
from tests.messaging.people import TIMEOUT_S, eventually, in_thread
from tests.messaging.sockets.connected import V1, V2, Socket, opened_v2

PAGE = {"origin": "http://localhost", "host": "localhost"}


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def asked(http: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await http.post("/v1/chat/ticket", headers={"access": token_for(ALICE), **headers})


async def ticket(http: httpx.AsyncClient, **headers: str) -> str:
    answer = await asked(http, **headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["ticket"])


async def told(socket: Socket) -> str:
    await socket.open()
    return str((await socket.receive()).get("code", "welcome"))


async def test_a_ticket_opens_one_socket_with_all_that_its_token_says(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    ends = int(time.time()) + HOUR_S
    answer = await asked(http, access=token_for(ALICE, exp=ends, role="ADMIN"))
    assert answer.headers["cache-control"] == "no-store"
    socket = Socket(process, f"{V2}?ticket={answer.json()['data']['ticket']}")
    await socket.open()
    welcome = await socket.receive()
    assert (welcome["memberId"], welcome["expiresAt"]) == (ALICE, wire_time_of_epoch(ends))
    [session] = process.chat_server.hub.sessions_of(ALICE)
    assert session.caller.role == "ADMIN"
    again = Socket(process, f"{V2}?ticket={answer.json()['data']['ticket']}")
    await again.open()
    refusal = await again.receive()
    assert (refusal["code"], refusal["message"]) == ("E-AU001", "이미 사용한 입장권이에요. 새로 받아 주세요.")
    assert await again.close_code() == 4401


async def test_it_is_for_the_page_that_asked_for_it(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    hers = await ticket(http, origin="http://localhost")
    assert await told(Socket(process, f"{V2}?ticket={hers}")) == "E-AU001"
    other = {"origin": "https://localhost", "host": "localhost"}  # a page that may connect, but not with this one
    assert await told(Socket(process, f"{V2}?ticket={hers}", headers=other)) == "E-AU001"
    assert await told(Socket(process, f"{V2}?ticket={hers}", headers=PAGE)) == "welcome"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("ticket={hers}&access={alice}", "welcome"),
        ("ticket={hers}&ticket={hers}", "welcome"),
        ("ticket={hers}&access={bob}", "E-AU001"),
        ("ticket={hers}&access=nonsense", "E-AU001"),
        ("ticket={hers}&ticket={another}", "E-AU001"),
        ("ticket={alice}", "E-AU001"),
        ("access={hers}", "E-AU001"),
        ("ticket=&access={alice}", "welcome"),
        ("Ticket={hers}", "E-AU001"),
    ],
)
async def test_beside_a_ticket_stands_nobody_elses_token(
    process: Process, http: httpx.AsyncClient, room: Room, query: str, code: str
) -> None:
    given = {"hers": await ticket(http), "another": await ticket(http)}
    filled = query.format(**given, alice=token_for(ALICE), bob=token_for(BOB))
    assert await told(Socket(process, f"{V2}?{filled}")) == code


async def test_an_old_client_brings_none(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    socket = Socket(process, f"{V1}?ticket={await ticket(http)}&roomId={room.pk}")
    assert await socket.denial() == (401, "missing access token")


async def test_who_has_no_token_gets_no_ticket(http: httpx.AsyncClient, room: Room) -> None:
    answer = await http.post("/v1/chat/ticket")
    assert (answer.status_code, answer.json()["code"]) == (401, "E-AU001")


async def test_a_crowd_that_fills_all_turns_still_gets_its_tickets(
    process: Process, http: httpx.AsyncClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.http.turns.WAITING_MAX", 0)
    monkeypatch.setattr("chatproject.http.turns.ANSWER_WITHIN_S", 0)
    assert (await http.get("/v1/chat/my/rooms", headers={"access": token_for(ALICE)})).status_code == 503
    assert await told(Socket(process, f"{V2}?ticket={await ticket(http)}")) == "welcome"


async def test_a_front_end_of_another_origin_may_read_it(
    process: Process, http: httpx.AsyncClient, settings: Any
) -> None:
    settings.ROUTE_FRONT = settings.CORS_ALLOWED_ORIGINS = ["https://community.example"]
    answer = await asked(http, origin="https://community.example", **{"accept-language": "en"})
    assert answer.headers["access-control-allow-origin"] == "https://community.example"
    assert answer.json()["message"] == "Done."


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:81"])
async def test_a_page_that_may_not_connect_is_told_so_and_may_read_it(
    process: Process, http: httpx.AsyncClient, settings: Any, origin: str
) -> None:
    settings.ROUTE_FRONT = settings.CORS_ALLOWED_ORIGINS = ["https://community.example"]
    asks = {"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "access"}
    preflight = await http.options("/v1/chat/ticket", headers=asks)
    assert preflight.headers["access-control-allow-origin"] == origin
    refused = await asked(http, origin=origin)
    assert refused.headers["access-control-allow-origin"] == origin
    assert (refused.status_code, refused.json()["code"]) == (403, "E-AU003")
    rooms = await http.options("/v1/chat/my/rooms", headers=asks)
    assert "access-control-allow-origin" not in rooms.headers


async def test_outside_of_a_process_it_is_the_same(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    def post() -> Any:
        return Client().post("/v1/chat/ticket", headers={"access": token_for(ALICE)})

    def post_from_elsewhere() -> Any:
        headers = {"access": token_for(ALICE), "origin": "https://evil.example"}
        return Client().post("/v1/chat/ticket", headers=headers)

    assert (await in_thread(post_from_elsewhere)).json()["code"] == "E-AU003"
    answer = await in_thread(post)
    assert (answer.status_code, answer["cache-control"]) == (200, "no-store")
    assert answer.json().keys() == (await asked(http)).json().keys()
    assert await told(Socket(process, f"{V2}?ticket={answer.json()['data']['ticket']}")) == "welcome"


# --- what is revoked


async def revoke(process: Process, by: str) -> None:
    now = datetime.now(UTC)
    if by == "token":
        revoked = await in_thread(revoke_token, jti="a-1", expires_at=now, now=now)
    else:
        revoked = await in_thread(revoke_member, member_id=ALICE, issued_before=now, now=now)
    process.chat_server.tell_revoked(revoked)


@pytest.mark.parametrize("by", ["token", "member"])
async def test_a_revoked_token_is_refused_wherever_it_is_shown(
    process: Process, http: httpx.AsyncClient, room: Room, by: str
) -> None:
    claims: dict[str, Any] = {"jti": "a-1", "iat": int(time.time()) - 60}
    token = token_for(ALICE, **claims)
    given = await ticket(http, access=token)
    open_v2, open_v1 = (
        Socket(process, f"{V2}?access={token}"),
        Socket(process, f"{V1}?access={token}&roomId={room.pk}"),
    )
    await open_v2.open()
    await open_v1.open()
    await revoke(process, by)
    assert [await open_v2.close_code(), await open_v1.close_code()] == [4401, 4401]
    assert await told(Socket(process, f"{V2}?access={token}")) == "E-AU001"
    assert await told(Socket(process, f"{V2}?ticket={given}")) == "E-AU001"
    assert (await Socket(process, f"{V1}?access={token}&roomId={room.pk}").denial())[0] == 401
    for method, path in (("GET", "/v1/chat/my/rooms"), ("POST", "/v1/chat/ticket")):
        answer = await http.request(method, path, headers={"access": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "E-AU001")


@pytest.mark.parametrize("by", ["token", "member"])
async def test_a_token_that_is_issued_afterwards_works(
    process: Process, http: httpx.AsyncClient, room: Room, by: str
) -> None:
    await revoke(process, by)
    fresh = token_for(ALICE, jti="a-2", iat=int(time.time()) + 1)
    assert (await http.get("/v1/chat/my/rooms", headers={"access": fresh})).status_code == 200
    assert await told(Socket(process, f"{V2}?access={fresh}")) == "welcome"


async def test_a_revoked_token_prolongs_no_socket(process: Process, room: Room) -> None:
    socket = await opened_v2(process, ALICE)
    await revoke(process, "token")
    assert (await socket.ask(type="auth", access=token_for(ALICE, jti="a-1")))["code"] == "E-AU001"
    assert (await socket.ask(type="auth", access=token_for(ALICE, jti="a-2")))["type"] == "ok"


async def test_a_fresh_token_saves_its_socket_and_the_old_one_ends_it_no_more(
    process: Process, room: Room
) -> None:
    socket = Socket(process, f"{V2}?access={token_for(ALICE, jti='a-1')}")
    await socket.open()
    assert (await socket.ask(type="auth", access=token_for(ALICE, jti="a-2")))["type"] == "ok"
    await revoke(process, "token")
    await eventually(lambda: process.chat_server.admission._looking is None)
    assert (await socket.ask(type="ping"))["type"] == "pong"
