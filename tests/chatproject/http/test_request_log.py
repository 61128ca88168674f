"""One line per request, without the query, with an id that the client gets too."""

import logging
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any, cast

import httpx
import pytest
from asgiref.typing import ASGI3Application

from chatproject.http.request_log import RequestLog
from tests.factories import ALICE, token_for


async def answer_teapot(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/crash":
        raise RuntimeError("on purpose")
    logging.getLogger("tests").info("working")
    status = 200 if scope["path"] == "/v1/healthz" else 418
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def server() -> AsyncIterator[httpx.AsyncClient]:
    application: Any = RequestLog(cast("ASGI3Application", answer_teapot))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://testserver"
    ) as client:
        yield client


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="chatproject.http.request_log")
    return caplog


def request_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [entry.getMessage() for entry in caplog.records if entry.name == "chatproject.http.request_log"]


async def test_a_request_is_one_line_without_its_query(
    server: httpx.AsyncClient, lines: pytest.LogCaptureFixture
) -> None:
    await server.get("/v1/chat/my/rooms", params={"access": token_for(ALICE)})

    assert request_lines(lines) == ["GET /v1/chat/my/rooms 418"]


@pytest.mark.parametrize(("fault", "status"), [(False, 499), (True, 500)])
async def test_who_hangs_up_is_not_our_fault(lines: pytest.LogCaptureFixture, fault: bool, status: int) -> None:
    async def application(*_asgi: object) -> None:  # as Django's does where the client has gone
        if fault:
            raise RuntimeError

    scope = {"type": "http", "method": "POST", "path": "/v1/chat/llm"}
    with pytest.raises(RuntimeError) if fault else nullcontext():
        await RequestLog(application)(scope, None, None)  # type: ignore[arg-type]

    assert request_lines(lines) == [f"POST /v1/chat/llm {status}"]


async def test_line_breaks_in_a_path_make_no_line_of_their_own(
    server: httpx.AsyncClient, lines: pytest.LogCaptureFixture
) -> None:
    await server.get("/a%0Ab%1b[31m/방")

    assert request_lines(lines) == ["GET /a?b?[31m/방 418"]


@pytest.mark.parametrize(
    ("known", "secret"),
    [("/v1/files/", "12..r.29837345~C5ZL2cUg"), ("/v1/chat/invite/", "pXvH0mS8yRkq1uJ9wZ3a2A")],
)
async def test_no_address_that_lets_in_whoever_knows_it_is_in_a_line(
    server: httpx.AsyncClient, lines: pytest.LogCaptureFixture, known: str, secret: str
) -> None:
    await server.get(known + secret)

    assert request_lines(lines) == [f"GET {known}... 418"]


async def test_every_answer_carries_an_id_of_its_own(server: httpx.AsyncClient) -> None:
    one, other = await server.get("/"), await server.get("/")

    assert len(one.headers["x-request-id"]) == 16
    assert one.headers["x-request-id"] != other.headers["x-request-id"]


async def test_a_crash_is_logged_as_a_500(server: httpx.AsyncClient, lines: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError):
        await server.get("/crash")

    assert request_lines(lines) == ["GET /crash 500"]


async def test_health_checks_do_not_fill_the_log(
    server: httpx.AsyncClient, lines: pytest.LogCaptureFixture
) -> None:
    await server.get("/v1/healthz")

    assert request_lines(lines) == []
