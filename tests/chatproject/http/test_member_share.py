"""One member's share of a process over HTTP: so many writes, so many requests at once, and nobody else pays."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings

from chatproject.errors import ExpiredToken, MissingToken
from chatproject.http.member_share import MemberShare
from chatproject.http.named_limits import NamedLimits
from chatproject.limits.shared import SharedLimits
from chatproject.tokens import Caller
from tests.factories import ALICE, BOB, token_for
from tests.times import WAIT_S

ROOMS, DRAFT, ADMIN = "/v1/chat/my/rooms", "/v1/chat/llm", "/admin/"
AT_ONCE, WORKED_ON = 5, 2


class Desk:
    """An application that answers when it is let go, and says whom it works for."""

    def __init__(self) -> None:
        self.under_way: list[Any] = []
        self.let_go = asyncio.Event()
        self._news = asyncio.Condition()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        async with self._news:
            self.under_way.append(scope.get("caller"))
            self._news.notify_all()
        await self.let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": b"done", "more_body": False})

    async def until_under_way(self, count: int) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(lambda: len(self.under_way) >= count)

    def of(self, member_id: int) -> int:
        return sum(caller.member_id == member_id for caller in self.under_way)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatproject.http.member_share.WAIT_MAX_S", WAIT_S)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def admit_everybody(_caller: Caller) -> None:
    """Nothing is revoked."""


def share_of(application: Any, admit: Any = admit_everybody, **limits: int) -> MemberShare:
    """Of a process without Redis."""
    shared = SharedLimits([])
    return MemberShare(application, shared=shared, named=NamedLimits(shared, settings), admit=admit, **limits)


@pytest.fixture
async def http(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    share: Any = share_of(desk, writes_per_second=1, at_once=AT_ONCE, worked_on=WORKED_ON)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(share), base_url="http://testserver") as client:
        yield client


def ask(
    http: httpx.AsyncClient, member_id: int, count: int = 1, *, path: str = ROOMS, method: str = "GET"
) -> list["asyncio.Task[httpx.Response]"]:
    """The same member, each time with another token."""
    tokens = [token_for(member_id, number=number) for number in range(count)]
    return [asyncio.create_task(http.request(method, path, headers={"access": token})) for token in tokens]


async def answers(asked: list["asyncio.Task[httpx.Response]"]) -> list[httpx.Response]:
    async with asyncio.timeout(WAIT_S):
        return await asyncio.gather(*asked)


def refused(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    return bool(answer.json()["code"] == "E-C004" and answer.json()["retryAfter"] > 0)


# --- requests at once


async def test_forty_pages_at_once_are_few_at_work_some_waiting_and_the_rest_refused(
    http: httpx.AsyncClient, desk: Desk
) -> None:
    asked = ask(http, ALICE, 40)
    told, _waiting = await asyncio.wait(asked, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    assert all(refused(task.result()) for task in told)
    await desk.until_under_way(WORKED_ON)
    assert desk.of(ALICE) == WORKED_ON

    desk.let_go.set()
    outcomes = await answers(asked)
    assert sum(answer.status_code == 200 for answer in outcomes) == AT_ONCE
    assert sum(map(refused, outcomes)) == 40 - AT_ONCE


async def test_bob_finds_his_places_free_however_many_alice_takes(http: httpx.AsyncClient, desk: Desk) -> None:
    hers = ask(http, ALICE, 40)
    await desk.until_under_way(WORKED_ON)
    his = ask(http, BOB, WORKED_ON)
    await desk.until_under_way(2 * WORKED_ON)
    assert desk.of(BOB) == WORKED_ON
    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(his))
    await answers(hers)


async def test_who_waits_too_long_for_the_own_places_is_told_so(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.http.member_share.WAIT_MAX_S", 0.01)
    working = ask(http, ALICE, WORKED_ON)
    await desk.until_under_way(WORKED_ON)
    assert all(map(refused, await answers(ask(http, ALICE, 2))))
    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(working))


async def test_places_are_free_again_for_who_comes_later(http: httpx.AsyncClient, desk: Desk) -> None:
    desk.let_go.set()
    for _round in range(5):
        assert all(answer.status_code == 200 for answer in await answers(ask(http, ALICE, AT_ONCE)))


async def test_drafts_that_wait_for_a_model_leave_the_pages_their_places(
    http: httpx.AsyncClient, desk: Desk
) -> None:
    drafts = ask(http, ALICE, WORKED_ON, path=DRAFT)
    pages = ask(http, ALICE, WORKED_ON)
    await desk.until_under_way(2 * WORKED_ON)
    desk.let_go.set()
    assert all(answer.status_code == 200 for answer in await answers(drafts + pages))


async def test_an_answer_that_nobody_reads_keeps_its_place() -> None:
    """What lies in memory counts, not what is worked on."""
    read, reading = asyncio.Event(), asyncio.Event()

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})

    share = share_of(answer, writes_per_second=0, at_once=1, worked_on=1)
    statuses: list[int] = []

    async def call(slow: bool) -> None:
        async def send(event: Any) -> None:
            if slow:
                reading.set()
                await read.wait()
            if event["type"] == "http.response.start":
                statuses.append(event["status"])

        headers = [(b"access", token_for(ALICE).encode())]
        scope: Any = {"type": "http", "method": "GET", "path": ROOMS, "headers": headers, "query_string": b""}
        await share(scope, receive, send)

    async def receive() -> Any:
        raise AssertionError("nobody asks")

    slow = asyncio.create_task(call(slow=True))
    async with asyncio.timeout(WAIT_S):
        await reading.wait()
        await call(slow=False)
        read.set()
        await slow
    assert statuses == [429, 200]


# --- writes


async def test_who_writes_without_a_pause_is_told_when_to_go_on(http: httpx.AsyncClient, desk: Desk) -> None:
    desk.let_go.set()
    told = [(await answers(ask(http, ALICE, method="POST")))[0] for _ in range(5)]
    assert [answer.status_code for answer in told[:3]] == [200, 200, 200]
    assert refused(told[4])
    assert told[4].json()["retryAfter"] <= 2
    assert told[4].headers["retry-after"].isdigit()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_reading_and_others_are_not_held_back_by_it(
    http: httpx.AsyncClient, desk: Desk, method: str
) -> None:
    desk.let_go.set()
    for _ in range(5):
        await answers(ask(http, ALICE, method=method))
    assert [
        answer.status_code for answer in await answers(ask(http, ALICE, 2) + ask(http, BOB, method=method))
    ] == [
        200,
        200,
        200,
    ]


# --- whom the token speaks for


async def test_what_is_wrong_with_a_token_is_left_for_the_view_to_say(http: httpx.AsyncClient, desk: Desk) -> None:
    desk.let_go.set()
    await http.get(ROOMS)
    await http.get(ROOMS, headers={"access": token_for(ALICE, exp=1)})
    assert [type(found) for found in desk.under_way] == [MissingToken, ExpiredToken]


async def test_other_pages_have_no_members(http: httpx.AsyncClient, desk: Desk) -> None:
    desk.let_go.set()
    assert all(
        answer.status_code == 200 for answer in await answers(ask(http, ALICE, 20, path=ADMIN, method="POST"))
    )
    assert set(desk.under_way) == {None}


async def test_limits_of_zero_are_none(desk: Desk) -> None:
    desk.let_go.set()
    share: Any = share_of(desk, writes_per_second=0, at_once=0, worked_on=1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(share), base_url="http://testserver") as http:
        told = await answers(ask(http, ALICE, 50, method="POST"))
    assert {answer.status_code for answer in told} == {200}
