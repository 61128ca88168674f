"""What a wrapper around Django refuses looks like what Django refuses."""

from typing import Any

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from chatproject.errors import StoreUnavailable, TooLarge
from chatproject.http.refusals import refuse

FRONT = "https://community.example.com"


async def busy(scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    assert scope["type"] == "http"
    await refuse(scope, send, StoreUnavailable(retry_after=1.0))


async def closing(scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    assert scope["type"] == "http"
    await refuse(scope, send, TooLarge(), closes=True)


async def get(application: Any, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get("/v1/chat/my/rooms", headers=headers)


async def test_it_is_the_envelope_and_says_when_to_come_again() -> None:
    answer = await get(busy)
    assert answer.status_code == 503
    assert answer.json() == {
        "status": 503,
        "code": "E-S002",
        "message": "지금은 메시지를 저장하거나 불러올 수 없어요. 잠시 후 다시 시도해 주세요.",
        "retryAfter": 1.0,
    }
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert "connection" not in answer.headers


async def test_who_prefers_english_reads_english() -> None:
    answer = await get(busy, **{"accept-language": "en"})
    assert answer.json()["message"] == "Messages cannot be stored or read right now. Please try again."


async def test_the_connection_may_end_with_it() -> None:
    assert (await get(closing)).headers["connection"] == "close"


@pytest.mark.parametrize(("origin", "may_read"), [(FRONT, True), ("https://elsewhere.example", False)])
async def test_pages_of_allowed_origins_may_read_it(settings: Any, origin: str, may_read: bool) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FRONT]
    answer = await get(busy, origin=origin)
    assert (answer.headers.get("access-control-allow-origin") == FRONT) is may_read


async def test_they_may_read_it_with_credentials_too(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS, settings.CORS_ALLOW_CREDENTIALS = [FRONT], True

    assert (await get(busy, origin=FRONT)).headers["access-control-allow-credentials"] == "true"
    elsewhere = await get(busy, origin="https://elsewhere.example")
    assert "access-control-allow-credentials" not in elsewhere.headers
    assert elsewhere.headers["vary"] == "origin"
