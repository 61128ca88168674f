"""So many HTTP requests at once and no more; the others wait a while, or are told to come again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from chatproject.addresses import household
from chatproject.http.body_limit import BodyLimit
from chatproject.http.turns import (
    ALWAYS_ANSWERED,
    DRAFT_PATHS,
    SIGN_INS_AT_ONCE,
    SIGN_INS_WAITING_EACH,
    STAFF_AT_ONCE,
    Turns,
)
from tests.times import WAIT_S

IMPATIENT_S = 0.3
AT_ONCE = 2
ROOMS, DRAFT, ADMIN, SIGN_IN = "/v1/chat/my/rooms", DRAFT_PATHS, "/admin/", "/admin/login/"
SIGNED_IN = {"cookie": "csrftoken=a; sessionid=b"}

Office = Callable[[str], Awaitable[httpx.AsyncClient]]


class Desk:
    """An application that answers with the body it read, when it is let go."""

    def __init__(self) -> None:
        self.under_way: list[str] = []
        self.let_go = asyncio.Event()
        self.finished = 0
        self._news = asyncio.Condition()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            event = await receive()
            assert event["type"] == "http.request"
            body, more = body + event["body"], event["more_body"]
        async with self._news:
            self.under_way.append(scope["path"])
            self._news.notify_all()
        await self.let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        self.finished += 1

    async def until_under_way(self, count: int) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(lambda: len(self.under_way) >= count)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@asynccontextmanager
async def office(desk: Desk) -> AsyncIterator[Office]:
    """Turns before the desk, and clients of any address."""
    turns: Any = Turns(desk, at_once=AT_ONCE)
    async with AsyncExitStack() as clients:

        async def client_at(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(turns, client=(address, 123))
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            return await clients.enter_async_context(client)

        yield client_at


@pytest.fixture
async def client_at(desk: Desk) -> AsyncIterator[Office]:
    async with office(desk) as client_at:
        yield client_at


@pytest.fixture
async def http(client_at: Office) -> httpx.AsyncClient:
    return await client_at("192.0.2.1")


def ask(http: httpx.AsyncClient, path: str, count: int = 1, **headers: str) -> list[asyncio.Task[httpx.Response]]:
    return [asyncio.create_task(http.post(path, content=str(number), headers=headers)) for number in range(count)]


async def answers(asked: list[asyncio.Task[httpx.Response]]) -> list[httpx.Response]:
    async with asyncio.timeout(WAIT_S):
        return await asyncio.gather(*asked)


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["code"], answer.json()["retryAfter"]) == (503, "E-S002", 1.0)


async def test_whoever_finds_no_turn_waits_and_is_answered_in_order(http: httpx.AsyncClient, desk: Desk) -> None:
    asked = ask(http, ROOMS, 10)
    await desk.until_under_way(AT_ONCE)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(desk.under_way) == AT_ONCE

    desk.let_go.set()
    assert [answer.text for answer in await answers(asked)] == [str(number) for number in range(10)]


async def test_health_and_metrics_are_answered_all_the_same(http: httpx.AsyncClient, desk: Desk) -> None:
    asked = ask(http, ROOMS, AT_ONCE + 1)
    await desk.until_under_way(AT_ONCE)
    for path in ALWAYS_ANSWERED:
        asked += ask(http, path)
    await desk.until_under_way(AT_ONCE + len(ALWAYS_ANSWERED))
    assert sorted(desk.under_way[AT_ONCE:]) == sorted(ALWAYS_ANSWERED)
    desk.let_go.set()
    await answers(asked)


async def test_a_browser_that_asks_whether_it_may_call_is_answered_in_any_crowd(
    http: httpx.AsyncClient, desk: Desk
) -> None:
    asked = ask(http, ROOMS, AT_ONCE + 1)
    await desk.until_under_way(AT_ONCE)
    preflight = {"origin": "https://community.example.com", "access-control-request-method": "POST"}
    asked += [
        asyncio.create_task(http.options(ROOMS, headers=preflight)),
        asyncio.create_task(http.options(DRAFT)),
    ]
    await desk.until_under_way(AT_ONCE + 2)
    desk.let_go.set()
    await answers(asked)


async def test_drafts_do_not_take_the_turns_of_all_else(http: httpx.AsyncClient, desk: Desk) -> None:
    drafts = ask(http, DRAFT, 2 * AT_ONCE)
    await desk.until_under_way(2 * AT_ONCE)
    rest = ask(http, ROOMS)
    await desk.until_under_way(2 * AT_ONCE + 1)
    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(drafts + rest))


async def test_where_too_many_wait_already_one_is_refused_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.http.turns.WAITING_MAX", 3)
    async with office(desk) as client_at:
        await one_is_refused_at_once(desk, ask(await client_at("192.0.2.1"), ROOMS, AT_ONCE + 3 + 1))


async def one_is_refused_at_once(desk: Desk, asked: list[asyncio.Task[httpx.Response]]) -> None:
    """And the others are answered when the desk lets go."""
    [first], rest = await asyncio.wait(asked, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    assert refused(first.result())
    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(list(rest)))


async def test_an_answer_that_does_not_come_in_time_is_told_so_and_keeps_its_turn_until_it_ends(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.http.turns.ANSWER_WITHIN_S", IMPATIENT_S)
    assert all(refused(answer) for answer in await answers(ask(http, ROOMS, AT_ONCE + 1)))
    assert len(desk.under_way) == AT_ONCE
    [too_late] = await answers(ask(http, ROOMS))
    assert refused(too_late)

    desk.let_go.set()
    monkeypatch.undo()
    [answer] = await answers(ask(http, ROOMS))
    assert answer.status_code == 200
    assert desk.finished == AT_ONCE + 1


@pytest.mark.parametrize("path", [DRAFT, ADMIN])
async def test_a_model_and_the_admin_may_take_their_time(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("chatproject.http.turns.ANSWER_WITHIN_S", IMPATIENT_S)
    asked = ask(http, path, 1, **SIGNED_IN)
    await desk.until_under_way(1)
    [rooms] = await answers(ask(http, ROOMS))
    assert refused(rooms)  # so the time is over
    desk.let_go.set()
    [answer] = await answers(asked)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [SIGN_IN, ADMIN, "/v1/schema", "/", "/administrators"])
async def test_who_is_not_signed_in_takes_no_long_turn_anywhere(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("chatproject.http.turns.ANSWER_WITHIN_S", IMPATIENT_S)
    [answer] = await answers(ask(http, path))
    assert refused(answer)
    desk.let_go.set()


@pytest.mark.parametrize("path", ["/admin", ADMIN, SIGN_IN, "/admin/rooms/room/"])
async def test_members_are_answered_while_strangers_crowd_the_admin(
    client_at: Office, desk: Desk, path: str
) -> None:
    crowd = []
    for number in range(40):
        crowd += ask(await client_at(f"198.51.100.{number}"), path)
    await desk.until_under_way(SIGN_INS_AT_ONCE)
    rooms = ask(await client_at("192.0.2.1"), ROOMS, AT_ONCE)
    await desk.until_under_way(SIGN_INS_AT_ONCE + AT_ONCE)
    staff = ask(await client_at("192.0.2.2"), ADMIN, 1, **SIGNED_IN)
    await desk.until_under_way(SIGN_INS_AT_ONCE + AT_ONCE + 1)
    assert sorted(desk.under_way) == sorted([path, ROOMS, ROOMS, ADMIN])

    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(rooms + staff))
    assert {answer.status_code for answer in await answers(crowd)} == {200, 503}


async def test_sessions_that_are_forged_take_no_turns_of_members_either(client_at: Office, desk: Desk) -> None:
    forged = ask(await client_at("198.51.100.1"), ADMIN, 40, **SIGNED_IN)
    await desk.until_under_way(STAFF_AT_ONCE)
    members = ask(await client_at("192.0.2.1"), ROOMS)
    await desk.until_under_way(STAFF_AT_ONCE + 1)
    desk.let_go.set()
    assert [answer.status_code for answer in await answers(members)] == [200]
    await answers(forged)


@pytest.mark.parametrize(
    ("attackers", "staff"),
    [
        (["198.51.100.1"], "198.51.100.2"),
        (["2001:db8::1", "2001:db8::2:1", "::ffff:198.51.100.1"], "2001:db8:0:1::1"),
    ],
    ids=["IPv4", "IPv6"],
)
async def test_one_address_does_not_fill_the_places_before_the_sign_in(
    client_at: Office, desk: Desk, attackers: list[str], staff: str
) -> None:
    crowd = []
    for address in attackers:
        crowd += ask(await client_at(address), SIGN_IN, 40)
    await desk.until_under_way(1)
    asked = ask(await client_at(staff), SIGN_IN)
    _done, waiting = await asyncio.wait(crowd, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    desk.let_go.set()
    assert [answer.status_code for answer in await answers(asked)] == [200]
    served = [answer for answer in await answers(crowd) if answer.status_code == 200]
    households = len({household(address) for address in attackers})
    assert len(served) <= SIGN_INS_AT_ONCE + households * SIGN_INS_WAITING_EACH
    assert waiting


async def test_neither_a_slow_body_nor_a_slow_reader_holds_a_turn(desk: Desk) -> None:
    turns = BodyLimit(Turns(desk, at_once=1))
    desk.let_go.set()
    scope: Any = {"type": "http", "path": ROOMS, "headers": []}
    goes_on, reads = asyncio.Event(), asyncio.Event()

    async def receive_slowly() -> Any:
        await goes_on.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send_slowly(_event: Any) -> None:
        await reads.wait()

    slow_body = asyncio.ensure_future(turns(scope, receive_slowly, send_slowly))
    slow_readers = [asyncio.ensure_future(turns(scope, receive, send_slowly)) for _ in range(3)]
    await desk.until_under_way(3)
    goes_on.set()
    await desk.until_under_way(4)
    assert not any(task.done() for task in [slow_body, *slow_readers])
    reads.set()
    await asyncio.gather(slow_body, *slow_readers)


async def test_when_the_process_ends_so_does_what_it_worked_on(desk: Desk) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_event: Any) -> None:
        raise AssertionError

    turns = Turns(desk, at_once=1)
    scope: Any = {"type": "http", "path": ROOMS, "headers": []}
    working = asyncio.ensure_future(turns(scope, receive, send))
    await desk.until_under_way(1)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    desk.let_go.set()
    await turns(scope, receive, lambda _event: asyncio.sleep(0))
    assert desk.finished == 1


async def test_a_fault_of_the_application_goes_on_to_the_server() -> None:
    async def broken(_scope: Scope, _receive: ASGIReceiveCallable, _send: ASGISendCallable) -> None:
        raise RuntimeError

    turns: Any = Turns(broken, at_once=1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(turns), base_url="http://testserver") as client:
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await client.get(ROOMS)
