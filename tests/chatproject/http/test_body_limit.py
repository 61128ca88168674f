"""Bodies that are too large are refused in the envelope, however they are announced."""

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from chatproject.http.body_limit import BODY_MAX_BYTES, DROPPED_MAX_BYTES, STAFF_BODY_MAX_BYTES, BodyLimit
from chatproject.http.request_log import RequestLog

FRONT = "https://community.example.com"
BIG = b"x" * (BODY_MAX_BYTES + 1)
A_REQUEST: Any = {"type": "http", "path": "/v1/chat/llm", "headers": []}


@pytest.fixture
async def server() -> AsyncIterator[httpx.AsyncClient]:
    from chatproject.asgi import django_application

    application: Any = RequestLog(BodyLimit(cast("ASGI3Application", django_application)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://testserver"
    ) as client:
        yield client


def refused(answer: httpx.Response) -> bool:
    expected = {"status": 413, "code": "E-C002", "message": "메시지나 요청 본문이 너무 커요."}
    return (answer.status_code, answer.json()) == (413, expected)


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 8_192):
        yield body[start : start + 8_192]


async def test_an_honest_large_body_is_refused(server: httpx.AsyncClient) -> None:
    assert refused(await server.post("/v1/chat/llm", content=BIG))


async def test_a_large_body_of_unknown_length_is_refused(server: httpx.AsyncClient) -> None:
    assert refused(await server.post("/v1/chat/llm", content=in_chunks(BIG)))


async def test_a_lying_length_changes_nothing(server: httpx.AsyncClient) -> None:
    answer = await server.post("/v1/chat/llm", content=in_chunks(BIG), headers={"Content-Length": "5"})

    assert refused(answer)


async def test_a_body_at_the_limit_is_read(server: httpx.AsyncClient) -> None:
    answer = await server.post("/v1/chat/llm", content=in_chunks(BIG[:-1]))

    assert (answer.status_code, answer.json()["code"]) == (401, "E-AU001")


async def test_staffs_forms_may_be_larger_and_nobody_elses(server: httpx.AsyncClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded", "cookie": "sessionid=x"}
    async with httpx.AsyncClient(transport=server._transport, base_url="http://testserver") as http:
        staff = await http.post("/admin/", content=BIG, headers=form)
        too_much = await http.post("/admin/", content=b"x" * (STAFF_BODY_MAX_BYTES + 1), headers=form)
        others = [
            await http.post("/admin/", content=BIG, headers={"cookie": "csrftoken=sessionid"}),
            await http.post("/admin/login/", content=BIG, headers=form),
            await http.post("/v1/chat/llm", content=BIG, headers=form),
            await http.post("/readyz", content=BIG),
        ]

    assert staff.status_code == 403  # Django has read it, and misses its token
    assert all(refused(answer) for answer in [too_much, *others])


async def test_who_prefers_english_is_refused_in_english(server: httpx.AsyncClient) -> None:
    answer = await server.post("/v1/chat/llm", content=BIG, headers={"Accept-Language": "en"})

    assert answer.json()["message"] == "The message or body is too large."


@pytest.mark.parametrize("all_at_once", [True, False])
async def test_a_page_of_an_allowed_origin_may_read_the_refusal(
    server: httpx.AsyncClient, settings: Any, all_at_once: bool
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONT]
    body = BIG if all_at_once else in_chunks(BIG)
    answer = await server.post("/v1/chat/llm", content=body, headers={"Origin": FRONT})

    assert refused(answer)
    assert answer.headers["access-control-allow-origin"] == FRONT
    assert answer.headers["access-control-expose-headers"] == "x-request-id, retry-after, chat-epoch"
    assert answer.headers["vary"] == "origin"


async def test_a_page_of_another_origin_may_not(server: httpx.AsyncClient, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONT]
    answer = await server.post("/v1/chat/llm", content=BIG, headers={"Origin": "https://elsewhere.example"})

    assert refused(answer)
    assert "access-control-allow-origin" not in answer.headers


async def test_where_any_origin_is_allowed_every_page_may(server: httpx.AsyncClient, settings: Any) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS, settings.CORS_ALLOW_CREDENTIALS = True, False
    answer = await server.post("/v1/chat/llm", content=BIG, headers={"Origin": FRONT})

    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_rest_of_a_refused_body_is_dropped_up_to_a_limit() -> None:
    sent: list[dict[str, Any]] = []
    received = 0

    async def receive() -> Any:
        nonlocal received
        received += 65_536
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(event: Any) -> None:
        sent.append(event)

    from chatproject.asgi import django_application

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/llm", "query_string": b"", "headers": headers}
    await BodyLimit(cast("ASGI3Application", django_application))(cast("HTTPScope", scope), receive, send)

    assert received == BODY_MAX_BYTES + 65_536 + DROPPED_MAX_BYTES
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["code"] == "E-C002"


async def test_a_body_that_comes_in_crumbs_is_kept_in_one_piece() -> None:
    crumbs = [*b"hello"]
    heard: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": bytes([crumbs.pop(0)]), "more_body": bool(crumbs)}

    async def listen(_scope: Scope, receive: ASGIReceiveCallable, _send: ASGISendCallable) -> None:
        heard.append(await receive())

    limit = BodyLimit(listen)
    await limit(A_REQUEST, receive, nothing_is_sent)
    assert heard == [{"type": "http.request", "body": b"hello", "more_body": False}]
    assert limit.budget.is_idle


async def test_a_client_that_goes_before_its_body_ends_is_no_request() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def unasked(*_arguments: Any) -> None:
        raise AssertionError

    limit = BodyLimit(unasked)
    await limit(A_REQUEST, receive, nothing_is_sent)
    assert limit.budget.is_idle


async def nothing_is_sent(_event: Any) -> None:
    raise AssertionError
