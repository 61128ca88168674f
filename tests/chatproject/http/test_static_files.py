"""Static files, as the ASGI application serves them."""

from typing import Any

import httpx
from django.conf import LazySettings
from django.core.asgi import get_asgi_application

from chatproject.asgi import django_application
from chatproject.http.static_files import StaticFiles

FILE = "/static/chat/client/client.js"


async def get(
    method: str, path: str, *, behind: Any = django_application, scheme: str = "http", **headers: str
) -> httpx.Response:
    transport = httpx.ASGITransport(app=StaticFiles(behind))  # type: ignore[arg-type]  # typed by another ASGI vocabulary
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://localhost") as client:
        return await client.request(method, path, headers=headers)


async def test_a_file_comes_whole_and_as_what_it_is() -> None:
    answer = await get("GET", FILE)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert len(answer.content) == int(answer.headers["content-length"]) > 1_000


async def test_its_head_has_no_body() -> None:
    answer = await get("HEAD", FILE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1_000


async def test_who_has_it_already_is_told_so() -> None:
    modified = (await get("GET", FILE)).headers["last-modified"]
    answer = await get("GET", FILE, **{"If-Modified-Since": modified})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_part_of_it_can_be_had() -> None:
    answer = await get("GET", FILE, Range="bytes=0-9")
    assert (answer.status_code, len(answer.content)) == (206, 10)


async def test_a_file_that_is_not_there_is_told_as_any_other_path() -> None:
    answer = await get("GET", "/static/chat/nothing.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "E-C006")


async def test_its_answer_is_held_to_the_rules_for_all_answers(settings: LazySettings) -> None:
    settings.SECURE_HSTS_SECONDS = 3_600
    headers = (await get("GET", FILE, scheme="https")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"] == "max-age=3600"


async def test_where_only_https_is_spoken_a_file_is_asked_for_there(settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = await get("GET", FILE, behind=get_asgi_application())
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://localhost{FILE}")


async def test_it_takes_nothing_of_django() -> None:
    async def fails(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError("asked for it")

    assert (await get("GET", FILE, behind=fails)).status_code == 200


async def test_nobody_writes_one() -> None:
    assert (await get("POST", FILE)).status_code == 405
