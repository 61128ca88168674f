"""What a member may do only so often over HTTP, and that nothing else counts for it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.chatproject.http.test_member_share import Desk, share_of
from tests.factories import ALICE, BOB, token_for

JOIN, SEARCH, REPORTS = "/v1/chat/room/group/7/join", "/v1/chat/search", "/v1/chat/reports"
FILE = "/v1/chat/room/7/file"


@pytest.fixture
async def http(settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    settings.LIMIT_JOINS_PER_HOUR, settings.LIMIT_JOIN_CODES_PER_HOUR = 3, 2
    settings.LIMIT_SEARCHES_PER_MINUTE, settings.LIMIT_REPORTS_PER_DAY = 2, 1
    settings.LIMIT_INVITES_PER_HOUR = 2
    settings.LIMIT_FILES_PER_HOUR, settings.LIMIT_ROOM_SEARCHES_PER_MINUTE = 2, 2
    desk = Desk()
    desk.let_go.set()
    share: Any = share_of(desk, writes_per_second=0, at_once=0, worked_on=1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(share), base_url="http://testserver") as client:
        yield client


async def ask(http: httpx.AsyncClient, method: str, path: str, *, member_id: int = ALICE) -> httpx.Response:
    return await http.request(method, path, headers={"access": token_for(member_id), "accept-language": "ko"})


async def statuses(http: httpx.AsyncClient, method: str, path: str, times: int) -> list[int]:
    return [(await ask(http, method, path)).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("method", "path", "many", "each_s"),
    [
        ("POST", JOIN, 3, 1_200),
        ("POST", f"{JOIN}?code=ABCD", 2, 1_800),
        ("GET", f"{SEARCH}?q=안녕", 2, 30),
        ("HEAD", SEARCH, 2, 30),
        ("GET", "/v1/chat/room/group/search", 2, 30),
        ("GET", "/v1/chat/invite/abc", 2, 30),
        ("POST", "/v1/chat/room/7/invite", 2, 1_800),
        ("POST", REPORTS, 1, 86_400),
        ("POST", FILE, 2, 1_800),
    ],
)
async def test_so_many_and_then_one_in_a_part_of_the_time(
    http: httpx.AsyncClient, method: str, path: str, many: int, each_s: int
) -> None:
    assert await statuses(http, method, path, many + 1) == [200] * many + [429]
    assert (await ask(http, method, path, member_id=BOB)).status_code == 200
    refused = await ask(http, method, path)
    assert each_s - 60 < int(refused.headers["retry-after"]) <= each_s
    if method != "HEAD":
        assert refused.json()["code"] == "E-C004"
        assert 0 < refused.json()["retryAfter"] <= each_s


async def test_who_guesses_codes_may_still_join_where_none_is_asked_for(http: httpx.AsyncClient) -> None:
    assert await statuses(http, "POST", f"{JOIN}?code=", 3) == [200, 200, 429]
    assert await statuses(http, "POST", JOIN, 2) == [200, 429]


async def test_what_only_looks_like_it_does_not_count(http: httpx.AsyncClient) -> None:
    for method, path in [
        ("GET", JOIN),
        ("POST", "/v1/chat/room/group/7/leave"),
        ("POST", SEARCH),
        ("GET", REPORTS),
        ("POST", f"{FILE}/31/done"),
        ("GET", "/v1/chat/search/x"),
    ]:
        assert set(await statuses(http, method, path, 5)) == {200}


async def test_who_waits_reads_why(http: httpx.AsyncClient) -> None:
    await statuses(http, "POST", REPORTS, 1)
    assert (await ask(http, "POST", REPORTS)).json()["message"] == "오늘은 신고를 많이 하셨어요."
